import Domain
import HTTPTypes
import Workflows

/// The company's settings: keys of the regular API.
struct SettingsRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    var routes: [Route] {
        [
            Route(.get, "/settings/api", .member) { try show($0) },
            Route(.post, "/settings/api", .member, body: .form) { try make($0) },
            Route(.post, "/settings/api/{id}/revoke", .member, body: .form) { call in
                let company = try call.member().company.id
                try useCases.apiKeys.revoke(try call.identifier("id", of: "key"), company)
                return .redirect("/settings/api?done=\(Notice.revoked.rawValue)")
            },
        ]
    }

    private func show(
        _ call: Call, fresh: Secret? = nil, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let keys = try useCases.apiKeys.keys(try call.member().company.id)
        return try frame.answer(APIKeysPage(keys, fresh: fresh, problem: problem), to: call, status: status)
    }

    /// The key stands in the answer to the form itself: a redirect would have to keep it somewhere.
    private func make(_ call: Call) throws -> WebResponse {
        do {
            let key = try useCases.apiKeys.make(name: call.form.trimmed("name") ?? "", try call.member().company.id)
            return try show(call, fresh: key)
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .conflict {
            return try show(call, problem: refusal.message, status: .unprocessableContent)
        }
    }
}
