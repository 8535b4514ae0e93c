import Foundation

/// A real browser without a screen, driven by the WebDriver protocol (https://www.w3.org/TR/webdriver2/).
struct Chromium: Sendable {
    /// False where the browser is absent and nobody insists: continuous integration does.
    static var isWanted: Bool {
        if ProcessInfo.processInfo.environment["CI"] == "1" { return true }
        let missing = ["chromium", "chromedriver"].filter { program(named: $0) == nil }
        if !missing.isEmpty { print("The browser's story is skipped: \(missing.joined(separator: ", ")) is absent") }
        return missing.isEmpty
    }

    private let address: String
    private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    private static func program(named name: String) -> String? {
        ["/usr/bin", "/usr/local/bin", "/snap/bin"].map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    init(in installation: Installation) async throws {
        let port = try LoopbackSocket.freePort()
        let part = try installation.start("chromedriver", ["chromedriver", "--port=\(port)"])
        let driver = "http://127.0.0.1:\(port)"
        try await installation.until("chromedriver") {
            guard part.isRunning else { throw Failure("chromedriver has ended") }
            do { return try await HTTP.send("GET", "\(driver)/status").status == 200 } catch is LoopbackSocket
                .NotListening
            {
                return false
            }
        }
        let arguments: [JSON] = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            .string("--user-data-dir=\(installation.folder)/chromium"),
        ]
        let binary = try Self.program(named: "chromium").orFail("chromium is absent")
        let wanted: JSON = [
            "browserName": "chrome", "goog:loggingPrefs": ["browser": "ALL"],
            "goog:chromeOptions": ["binary": .string(binary), "args": .array(arguments)],
        ]
        let session = try await Self.send(
            "POST", "\(driver)/session", ["capabilities": ["alwaysMatch": wanted]])["sessionId"].text
        address = try "\(driver)/session/\(session.orFail("chromedriver gave no session"))"
    }

    private static func send(_ method: String, _ url: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await HTTP.send(
            method, url, fields: ["Content-Type": "application/json"], body: try body?.data())
        guard answer.status == 200 else { throw Failure("\(method) \(url): \(answer.text)") }
        return try answer.json()["value"]
    }

    private func post(_ command: String, _ body: JSON) async throws -> JSON {
        try await Self.send("POST", "\(address)/\(command)", body)
    }

    func open(_ url: String) async throws { _ = try await post("url", ["url": .string(url)]) }

    func place() async throws -> String { try await Self.send("GET", "\(address)/url").text ?? "" }

    func run(_ script: String) async throws -> JSON {
        try await post("execute/sync", ["script": .string(script), "args": []])
    }

    func text() async throws -> String { try await run("return document.body.innerText").text ?? "" }

    func type(_ text: String, into selector: String) async throws {
        _ = try await post("element/\(try await element(selector))/value", ["text": .string(text)])
    }

    /// Clicks as a person does; the pages that follow are loaded when this returns.
    func click(_ selector: String) async throws {
        _ = try await post("element/\(try await element(selector))/click", [:])
    }

    private func element(_ selector: String) async throws -> String {
        let found = try await post("element", ["using": "css selector", "value": .string(selector)])
        return try found[Self.elementKey].text.orFail("No \(selector)")
    }

    /// The size of the page's view, whatever a window may measure.
    func resize(width: Int) async throws {
        _ = try await post(
            "goog/cdp/execute",
            [
                "cmd": "Emulation.setDeviceMetricsOverride",
                "params": [
                    "width": .number(Decimal(width)), "height": 900, "deviceScaleFactor": 1, "mobile": false,
                ],
            ])
    }

    /// What the console held against the pages since the last call: errors, and what the security policy refused.
    func complaints() async throws -> [String] {
        try await post("se/log", ["type": "browser"]).items.filter { $0["level"] == "SEVERE" }.compactMap {
            $0["message"].text
        }
    }

    func quit() async throws { _ = try await Self.send("DELETE", address) }
}
