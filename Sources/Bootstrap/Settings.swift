import Configuration
import FoundationEssentials

/// What the process reads from its environment, once.
///
/// Keys, also from the file that `PAYDOCK_ENV_FILE` names (`KEY=value` lines; the environment wins):
/// `PAYDOCK_DATABASE_URL`, `PAYDOCK_DATABASE_POOLED`, `PAYDOCK_LISTEN_URL`, `PAYDOCK_PUBLIC_URL`, `PAYDOCK_KEYRING`,
/// `PAYDOCK_SENDMAIL` (path of a program with sendmail's interface), `PAYDOCK_SUPPORT_EMAIL`, `PAYDOCK_RETRY_BASE` (seconds), `PAYDOCK_WEBHOOK_URL`, `PIPEDRIVE_CLIENT_ID`,
/// `PIPEDRIVE_CLIENT_SECRET`, `PIPEDRIVE_OAUTH_URL`, `PIPEDRIVE_ALLOWED_HOSTS`, `PIPEDRIVE_PANEL_USER`,
/// `PIPEDRIVE_PANEL_PASSWORD`, `PIPEDRIVE_PANEL_JWT_SECRET`, `PIPEDRIVE_PANEL_JWT_REQUIRED`; `DRAFTING_URL` (base of an OpenAI-compatible server,
/// `…/v1`), `DRAFTING_API_KEY`, `DRAFTING_MODEL`, `DRAFTING_TIMEOUT` (45 seconds, for both questions about a deal),
/// `DRAFTING_MAX_TOKENS` (4000, of one answer), `DRAFTING_DAILY_TOKENS` (1,000,000, of one company).
/// `PAYDOCK_HTTP_PORT` and `PAYDOCK_POOL_SIZE` are read by `make run`.
public struct Settings: Sendable {
    private let reader: ConfigReader

    /// Reads the environment and the file it names. Throws with the key's name.
    public init(environment: [String: String]) throws {
        var values = try environment["PAYDOCK_ENV_FILE"].map(Self.file) ?? [:]
        values.merge(environment) { _, given in given }
        reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: values))
    }

    private static func file(_ path: String) throws -> [String: String] {
        let content: Data
        do {
            content = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw SettingsError(key: "PAYDOCK_ENV_FILE", problem: "can't be read")
        }
        var values: [String: String] = [:]
        for line in String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("#"), line.contains(where: { !$0.isWhitespace }) else { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw SettingsError(key: "PAYDOCK_ENV_FILE", problem: "has a line that is not KEY=value")
            }
            values[String(parts[0])] = String(parts[1])
        }
        return values
    }

    func required(_ key: String, isSecret: Bool = false) throws -> String {
        guard let value = optional(key, isSecret: isSecret) else {
            throw SettingsError(key: key, problem: "is missing")
        }
        return value
    }

    func optional(_ key: String, isSecret: Bool = false) -> String? {
        let path = key.lowercased().split(separator: "_").joined(separator: ".")
        guard let value = reader.string(forKey: ConfigKey(path), isSecret: isSecret), !value.isEmpty else {
            return nil
        }
        return value
    }

    func flag(_ key: String) throws -> Bool {
        switch optional(key) {
        case nil, "0", "false": false
        case "1", "true": true
        default: throw SettingsError(key: key, problem: "must be 1 or 0")
        }
    }

    func number(_ key: String, default value: Int) throws -> Int {
        guard let text = optional(key) else { return value }
        guard let number = Int(text), number > 0 else {
            throw SettingsError(key: key, problem: "must be a whole number above 0")
        }
        return number
    }

    func url(_ key: String, default value: String? = nil) throws -> String {
        let text = try optional(key) ?? value ?? required(key)
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            throw SettingsError(key: key, problem: "must begin with https:// or http://")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// A key of the environment that is missing or malformed.
public struct SettingsError: Error, CustomStringConvertible {
    let key: String
    let problem: String

    /// The key's name and what is wrong with it; never its value.
    public var description: String { "\(key) \(problem)" }
}
