struct ConsentPage {
    let users: [User]; let state: String?; let clientID: String
    var reply: Reply { .html("x") }
}
