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

    /// Lends a browser that nobody else has, with a folder and a driver of its own; ends both whatever happens.
    static func lend(
        in installation: Installation, _ body: @escaping @Sendable (Chromium) async throws -> Void
    ) async throws {
        try await BrowserTurn.shared.take {
            let port = try LoopbackSocket.freePort()
            let part = try installation.start("chromedriver", ["chromedriver", "--port=\(port)"])
            do {
                let browser = try await Chromium(in: installation, driver: part, port: port)
                do {
                    try await body(browser)
                } catch {
                    // The first failure says more than one about a browser that would not end.
                    do { try await browser.quit() } catch let second { print("The browser did not end: \(second)") }
                    throw error
                }
                try await browser.quit()
            } catch {
                await end(part)
                throw error
            }
            await end(part)
        }
    }

    private static func end(_ part: Part) async {
        part.signal(SIGTERM)
        _ = await part.exitStatus()
    }

    private init(in installation: Installation, driver part: Part, port: Int) async throws {
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
            "--window-size=1280,900", .string("--user-data-dir=\(installation.folder)/chromium-\(port)"),
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

    /// Takes something with the mouse, carries it in steps as a hand does, and lets it go on something else.
    ///
    /// Both places are taken before, because letting go may load another page.
    func drag(_ selector: String, to target: String) async throws {
        let places = try await run(
            """
            const from = document.querySelector("\(selector)"), onto = document.querySelector("\(target)");
            from.scrollIntoView({ block: "center" });
            const [a, b] = [from.getBoundingClientRect(), onto.getBoundingClientRect()];
            const middle = (low, high, most) => Math.round((Math.max(low, 0) + Math.min(high, most)) / 2);
            return [middle(a.left, a.right, innerWidth), middle(a.top, a.bottom, innerHeight),
              middle(b.left, b.right, innerWidth), middle(b.top, b.bottom, innerHeight)];
            """
        ).items.map { $0.whole ?? 0 }
        guard places.count == 4 else { throw Failure("\(selector) or \(target) has no place") }
        func move(_ x: Int, _ y: Int, milliseconds: Int) -> JSON {
            [
                "type": "pointerMove", "duration": .number(Decimal(milliseconds)), "x": .number(Decimal(x)),
                "y": .number(Decimal(y)), "origin": "viewport",
            ]
        }
        let steps: [JSON] = [
            move(places[0], places[1], milliseconds: 0), ["type": "pointerDown", "button": 0],
            move(places[0] + 12, places[1] + 3, milliseconds: 100), move(places[2], places[3], milliseconds: 300),
            move(places[2] + 4, places[3], milliseconds: 100), ["type": "pointerUp", "button": 0],
        ]
        let mouse: JSON = [
            "type": "pointer", "id": "mouse", "parameters": ["pointerType": "mouse"], "actions": .array(steps),
        ]
        _ = try await post("actions", ["actions": [mouse]])
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

    private func quit() async throws { _ = try await Self.send("DELETE", address) }
}
