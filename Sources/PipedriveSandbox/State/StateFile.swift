import Foundation

/// The state as one JSON file, replaced as a whole so that a crash never leaves half of it.
struct StateFile: Sendable {
    let path: String

    /// The state in the file, over the given sample data; nil when there is no file yet.
    func load(over sample: State) throws -> State? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let json = try JSONParser.parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        var state = sample
        for entity in Entity.allCases {
            var table = Table(linkedBy: entity.links)
            let stored = json["tables"][entity.rawValue]
            for row in stored["records"].list ?? [] {
                guard let id = row["id"].whole, let fields = row["fields"].members else { continue }
                table.put(Record(id: id, fields: fields))
            }
            table.reserve(nextID: stored["next_id"].whole ?? 1)
            state.tables[entity] = table
        }
        state.grants = (json["grants"].list ?? []).compactMap(Self.grant)
        state.take(setup: json["setup"])
        return state
    }

    func save(_ state: State) throws {
        let tables = Entity.allCases.map { entity in
            let rows = state[entity].records.map { JSON.object(["id": .int($0.id), "fields": .object($0.fields)]) }
            return (entity.rawValue, JSON.object(["next_id": .int(state[entity].nextID), "records": .array(rows)]))
        }
        let json: JSON = [
            "tables": .object(JSONObject(tables)), "grants": .array(state.grants.map(Self.json)), "setup": state.setup,
        ]
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(JSONWriter.bytes(json)).write(to: url, options: .atomic)
        // Tokens are in it.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private static func json(_ grant: Grant) -> JSON {
        let access = grant.accessTokens.map { token in
            JSON.object(["token": .string(token.text), "expires_at": .int(token.expiresAt.milliseconds)])
        }
        return [
            "user_id": .int(grant.userID), "refresh_token": .string(grant.refreshToken),
            "refreshed_at": .int(grant.refreshedAt.milliseconds), "access": .array(access),
            "scope": .string(grant.scope),
        ]
    }

    private static func grant(_ json: JSON) -> Grant? {
        guard let userID = json["user_id"].whole, let refreshToken = json["refresh_token"].text else { return nil }
        let access = (json["access"].list ?? []).compactMap { token in
            token["token"].text.map {
                Grant.AccessToken(text: $0, expiresAt: Timestamp(milliseconds: token["expires_at"].whole ?? 0))
            }
        }
        let refreshedAt = Timestamp(milliseconds: json["refreshed_at"].whole ?? 0)
        return Grant(
            userID: userID, refreshToken: refreshToken, refreshedAt: refreshedAt, accessTokens: access,
            scope: json["scope"].text ?? OAuthDesk.scope)
    }
}
