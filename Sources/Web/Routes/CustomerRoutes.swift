import Domain
import HTTPTypes
import Workflows

/// What a customer sees of a quote and an invoice, behind an unguessable address.
struct CustomerRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    var routes: [Route] {
        [
            Route(.get, "/q/{token}", .customer) { call in
                let shown = try useCases.customerPages.quote(
                    call.parameter("token"), countsAsView: try countsAsView(call), now: call.now)
                return try show(call, shown)
            },
            Route(.post, "/q/{token}/accept", .customer, body: .form) { call in
                try decide(call) {
                    try useCases.customerPages.accept(
                        call.parameter("token"), name: call.form.trimmed("name") ?? "",
                        email: call.form.trimmed("email") ?? "", now: call.now)
                }
            },
            Route(.post, "/q/{token}/decline", .customer, body: .form) { call in
                try decide(call) {
                    try useCases.customerPages.decline(
                        call.parameter("token"), reason: call.form.trimmed("reason"), now: call.now)
                }
            },
            Route(.get, "/i/{token}", .customer) { call in
                let shown = try useCases.customerPages.invoice(call.parameter("token"), now: call.now)
                return try frame.customerAnswer(try CustomerInvoicePage(shown), formToken: call.formToken)
            },
        ]
    }

    /// A look by the maker, a browser's prefetch, a link previewer or a HEAD is not the customer reading.
    private func countsAsView(_ call: Call) throws -> Bool {
        guard call.request.request.method == .get, !Visitor.isMachine(call.request.request.headerFields) else {
            return false
        }
        guard let session = call.session else { return true }
        return try !useCases.customerPages.isOwn(call.parameter("token"), of: session.company.id)
    }

    private func show(
        _ call: Call, _ shown: CustomerPages.Shown<Quote>, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        try frame.customerAnswer(
            try CustomerQuotePage(shown, form: call.form, problem: problem), formToken: call.formToken, status: status)
    }

    private func decide(_ call: Call, _ act: () throws -> CustomerPages.Shown<Quote>) throws -> WebResponse {
        do {
            _ = try act()
            return .redirect("/q/\(PercentCoding.encode(call.parameter("token")))")
        } catch let refusal as Refusal where refusal.code == .conflict || refusal.code == .invalid {
            let shown = try useCases.customerPages.quote(
                call.parameter("token"), countsAsView: false, now: call.now)
            let status: HTTPResponse.Status = refusal.code == .conflict ? .conflict : .unprocessableContent
            return try show(call, shown, problem: refusal.message, status: status)
        }
    }
}

/// Who opens a page.
enum Visitor {
    /// Parts of the names by which programs say that they fetch a page to show a preview of it, or to index or scan it.
    private static let previewers = [
        "bot/", "bot ", "bot)", "bot;", "slackbot", "crawler", "spider", "preview", "facebookexternalhit",
        "facebookcatalog", "whatsapp", "microsoft office", "ms-office", "msoffice", "barracuda", "mimecast",
        "proofpoint", "embedly", "iframely", "vkshare", "googleimageproxy", "yahoomailproxy", "snap url",
        "slurp", "feedfetcher", "flipboardproxy", "google-read-aloud", "google-pagerenderer", "google-inspectiontool",
        "google-safety", "w3c_validator", "pinterest/", "outbrain", "xing-contenttabreceiver", "cloudmark",
        "symantec", "trendmicro", "fortinet", "urlscan", "virustotal", "safelinks", "zgrab", "nmap",
    ]

    /// Whether the fields say prefetch, or name a program that previews links.
    static func isMachine(_ fields: HTTPFields) -> Bool {
        let purposes = [
            fields[named: "Sec-Purpose"], fields[named: "Purpose"], fields[named: "X-Purpose"],
            fields[named: "X-Moz"],
        ]
        let isEarly = purposes.compactMap { $0?.lowercased() }.contains {
            $0.contains("prefetch") || $0.contains("prerender") || $0.contains("preview")
        }
        let agent = fields[.userAgent]?.lowercased() ?? ""
        return isEarly || agent.hasSuffix("bot") || previewers.contains { agent.contains($0) }
    }
}
