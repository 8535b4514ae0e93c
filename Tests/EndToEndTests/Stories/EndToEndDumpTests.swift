import Foundation
import Postgres
import Testing

/// What a thief of a backup finds, when every kind of secret lies in the vault.
@Suite(.installed, .serialized)
struct EndToEndDumpTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `a dump of the whole database holds no token and no webhook's password`() async throws {
        let tenant = try await installation.createCompany("Kluis BV")
        try await tenant.connect()
        var secrets = try issued(atLeast: 2)
        try await disconnectUntold(tenant)
        // As another user: by giving access anew the first one would be rid of the kept token.
        #expect(try await tenant.install(user: "2").contains("Connected to"))
        try await park(user: 3)
        // The first ones are in the set already; what the second install and the colleague got is new.
        try await installation.until("the sandbox remembers the new tokens") {
            try Set(sandbox.issuedTokens()).subtracting(secrets).count >= 4
        }
        secrets.formUnion(try issued(atLeast: 4))
        let passwords = try await installation.until("webhooks in Pipedrive") { () -> [String]? in
            let found = try sandbox.records("webhook").compactMap { $0["http_auth_password"].text }
            return found.isEmpty ? nil : found
        }
        secrets.formUnion(passwords)
        secrets.insert(Installation.clientSecret)
        for table in ["credentials", "webhook_secret", "revocation", "pending_install"] {
            #expect(try installation.count("select count(*) as n from vault.\(table)") > 0, "\(table) is in the dump")
        }
        try await searches(for: secrets)
    }

    /// Every token so far, and the random part of those that begin with ids.
    private func issued(atLeast count: Int) throws -> Set<String> {
        let tokens = try sandbox.issuedTokens()
        #expect(tokens.count >= count)
        let parts = tokens.map { $0.split(separator: ":").last.map(String.init) ?? $0 }
        #expect(parts.allSatisfy { $0.count > 20 })
        return Set(tokens + parts)
    }

    /// Pipedrive can't be told: the token is kept, sealed, to be told later.
    private func disconnectUntold(_ tenant: Tenant) async throws {
        _ = try await sandbox.control("POST", "faults", ["route": "/oauth/revoke", "status": 500])
        try await tenant.disconnect()
        #expect(try installation.count("select count(*) as n from vault.revocation") == 1)
    }

    /// A colleague comes from the Marketplace without being logged in: what was exchanged lies there for an hour.
    private func park(user: Int) async throws {
        let callback = try await sandbox.decide(try await sandbox.consentPage(), user: "\(user)")
        #expect(try await Visitor(installation.origin).get(callback).status == 303)
    }

    private func searches(for secrets: Set<String>) async throws {
        // What lies there openly in each of the forms is found: the search would find a secret too.
        let planted = "planted-\(UUID().uuidString)+~~~"
        let bytes = Data(planted.utf8)
        let forms: [Data] = [
            bytes, Data(bytes.base64EncodedString().utf8), Data("?\(bytes.base64EncodedString())".utf8),
            Data((Data("x".utf8) + bytes + Data("yz".utf8)).base64EncodedString().utf8),
        ]
        for form in forms {
            try installation.sql { connection in
                _ = try connection.execute("create table public.planted (sealed bytea, open text)")
                _ = try connection.execute(
                    "insert into public.planted values (\(Array(form)), \(String(decoding: form, as: UTF8.self)))")
            }
            let isFound = try await Tables(of: installation).hold(planted)
            #expect(isFound)
            try installation.sql { _ = try $0.execute("drop table public.planted") }
        }
        let tables = try await Tables(of: installation)
        #expect(tables.hold("Tulp & Zonen") && !tables.hold(planted), "the dump is whole")
        for secret in secrets { #expect(!tables.hold(secret)) }
        print("Searched \(tables.text.utf8.count) bytes of a dump for \(secrets.count) secrets")
    }
}
