/// Users and currencies, version 1.
enum UserRoutes {
    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v1/users/me", cost: 2) { call in
            let company = try call.store.read { $0.company }
            var fields = json(call.user, viewer: call.user, currency: company.currency)
            fields.merge([
                "company_id": .int(company.id), "company_name": .string(company.name),
                "company_domain": .string(company.domain), "company_country": .string(company.country),
                "company_industry": .string(company.industry),
                "language": ["language_code": "nl", "country_code": "NL"],
            ])
            return .success(.object(fields))
        },
        APIRoute("GET", "/api/v1/users", cost: 20) { call in
            try list(call) { _ in true }
        },
        APIRoute("GET", "/api/v1/users/find", cost: 40, query: ["term", "search_by_email"]) { call in
            let term = (call.request.value("term") ?? "").lowercased()
            guard !term.isEmpty else { throw Refusal.bad("Parameter 'term' is required") }
            let byEmail = call.request.value("search_by_email") == "1"
            return try list(call) {
                ($0.email.lowercased() == term) || !byEmail && $0.name.lowercased().contains(term)
            }
        },
        APIRoute("GET", "/api/v1/users/{id}", cost: 2) { call in
            let id = try call.id()
            let (user, currency) = try call.store.read { ($0.user(id), $0.company.currency) }
            guard let user else { throw Refusal.notFound("User not found") }
            return .success(.object(json(user, viewer: call.user, currency: currency)))
        },
        APIRoute("GET", "/api/v1/currencies", cost: 20, query: ["term"]) { call in
            let term = call.request.value("term")?.lowercased()
            let found = Currencies.all.filter { row in
                guard let term else { return true }
                return ["code", "name"].contains { row[$0].text?.lowercased().contains(term) == true }
            }
            return .success(.array(found))
        },
    ]

    private static func list(_ call: Call, where isWanted: (User) -> Bool) throws -> Reply {
        let (users, currency) = try call.store.read { ($0.users, $0.company.currency) }
        return .success(
            .array(users.filter(isWanted).map { .object(json($0, viewer: call.user, currency: currency)) }))
    }

    private static func json(_ user: User, viewer: User, currency: String) -> JSONObject {
        let access = ["sales", "global", "account_settings"].enumerated().map { place, app in
            JSON.object([
                "app": .string(app), "admin": .bool(user.isAdmin),
                "permission_set_id": .string(RandomText.uuid(from: UInt64(place + 1), UInt64(user.isAdmin ? 1 : 2))),
            ])
        }
        return [
            "id": .int(user.id), "name": .string(user.name), "default_currency": .string(currency),
            "locale": "nl_NL", "lang": 5, "email": .string(user.email), "phone": nil, "activated": true,
            "last_login": "2026-01-05 08:45:56", "created": "2024-03-01 09:16:26", "modified": "2026-01-05 08:45:56",
            "has_created_company": .bool(user.isAdmin), "access": .array(access), "active_flag": .bool(user.isActive),
            "timezone_name": "Europe/Amsterdam", "timezone_offset": "+01:00", "role_id": 1, "icon_url": nil,
            "is_you": .bool(user.id == viewer.id), "is_deleted": false,
        ]
    }
}
