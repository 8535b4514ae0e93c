/// One thing to say and one way on.
struct MessagePage: Page {
    let title: String
    let message: String
    let actionPath: String
    let actionLabel: String
}
