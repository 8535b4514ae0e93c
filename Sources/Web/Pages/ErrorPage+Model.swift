import Domain
import HTTPTypes

/// What a person sees when there is no page.
struct ErrorPage: Page {
    let title: String
    let message: String
    let reference: String
    let supportLink: String
    let supportEmail: String
    let backPath: String
    let backLabel: String

    init(
        title: String, message: String, requestID: String, supportEmail: String, company: String?, dealID: String?
    ) {
        self.title = title
        self.message = message
        self.supportEmail = supportEmail
        reference = requestID
        let body = [
            "Reference: \(requestID)", company.map { "PayDock company: \($0)" } ?? "PayDock company: ",
            "Pipedrive deal id: \(dealID ?? "")", "", "What I was doing: ",
        ].joined(separator: "\r\n")
        let query = PercentCoding.query([("subject", "PayDock: \(title)"), ("body", body)])
        supportLink = "mailto:\(supportEmail)\(query)"
        backPath = "/"
        backLabel = company == nil ? "To the first page" : "Back to PayDock"
    }
}
