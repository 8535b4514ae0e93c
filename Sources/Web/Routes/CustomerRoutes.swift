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
                    call.parameter("token"), countsAsView: Self.countsAsView(call))
                return try show(call, shown)
            },
            Route(.post, "/q/{token}/accept", .customer, body: .form) { call in
                try decide(call) { try useCases.customerPages.accept(call.parameter("token"), now: call.now) }
            },
            Route(.post, "/q/{token}/decline", .customer, body: .form) { call in
                try decide(call) { try useCases.customerPages.decline(call.parameter("token"), now: call.now) }
            },
            Route(.get, "/i/{token}", .customer) { call in
                let shown = try useCases.customerPages.invoice(call.parameter("token"))
                return try frame.customerAnswer(try CustomerInvoicePage(shown), formToken: call.formToken)
            },
        ]
    }

    /// A look by the maker, a browser's prefetch or a HEAD is not the customer reading.
    private static func countsAsView(_ call: Call) -> Bool {
        let fields = call.request.request.headerFields
        let purposes = [fields[named: "Sec-Purpose"], fields[named: "Purpose"]].compactMap { $0 }
        return call.session == nil && call.request.request.method == .get
            && !purposes.contains { $0.lowercased().contains("prefetch") }
    }

    private func show(
        _ call: Call, _ shown: CustomerPages.Shown<Quote>, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        try frame.customerAnswer(
            try CustomerQuotePage(shown, problem: problem), formToken: call.formToken, status: status)
    }

    private func decide(_ call: Call, _ act: () throws -> CustomerPages.Shown<Quote>) throws -> WebResponse {
        do {
            _ = try act()
            return .redirect("/q/\(PercentCoding.encode(call.parameter("token")))")
        } catch let refusal as Refusal where refusal.code == .conflict {
            let shown = try useCases.customerPages.quote(call.parameter("token"), countsAsView: false)
            return try show(call, shown, problem: refusal.message, status: .conflict)
        }
    }
}
