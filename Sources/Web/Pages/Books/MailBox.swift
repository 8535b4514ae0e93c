import Domain

/// What a document's page says of its mail: where it stands, or the text and the link to copy.
struct MailBox: Sendable {
    let path: String
    let title: String
    let tone: String
    let recipient: String?
    let reason: String?
    let canRepeat: Bool
    let repeatWord: String
    let subject: String
    let body: String

    /// - Parameter text: what would be sent; shown to be copied when there is no mail, or it did not go out.
    init(_ mail: Mail?, text: EmailText, path: String) {
        self.path = path
        recipient = mail?.recipient
        reason = mail?.state == .sent ? nil : mail?.reason
        subject = mail?.text.subject ?? text.subject
        body = mail?.text.body ?? text.body
        canRepeat = mail?.state == .unclear || mail?.state == .failed
        repeatWord = mail?.state == .unclear ? "Send it once more" : "Try again"
        switch mail?.state {
        case nil: (title, tone) = ("Copy this text and send it yourself", "")
        case .waiting, .sending: (title, tone) = ("The mail is waiting to be sent", "")
        case .sent: (title, tone) = ("The mail was sent", "good")
        case .unclear: (title, tone) = ("It is unclear whether the mail was sent", "bad")
        case .failed: (title, tone) = ("The mail was not sent", "bad")
        }
    }

    static let markup = """
        {{#mail}}
        <section class="card" id="mail">
        <h2>{{title}}</h2>
        {{#recipient}}<p>To {{.}}</p>{{/recipient}}
        {{#reason}}<p class="problem">{{.}}</p>{{/reason}}
        {{#canRepeat}}
        <form method="post" action="{{path}}/mail">
        <input type="hidden" name="csrf" value="{{formToken}}">
        <button>{{repeatWord}}</button>
        </form>
        {{/canRepeat}}
        <p><strong>{{subject}}</strong></p>
        <p class="text">{{body}}</p>
        </section>
        {{/mail}}
        """
}
