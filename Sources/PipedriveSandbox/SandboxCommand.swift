import ArgumentParser
import FoundationEssentials
import Glibc

/// The `pipedrive-sandbox` tool.
@main
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipedrive-sandbox",
        abstract: "Stands in for Pipedrive: its OAuth, API, webhooks and a board to look at, on made-up data.",
        discussion: """
            Secrets are better given by environment than by flag, since flags show in the process list:
            PIPEDRIVE_CLIENT_ID, PIPEDRIVE_CLIENT_SECRET, PIPEDRIVE_PANEL_USER, PIPEDRIVE_PANEL_PASSWORD and
            PIPEDRIVE_PANEL_JWT_SECRET stand in for the flags of the same names.
            """,
        version: "pipedrive-sandbox 1.0.0")

    @Option(help: "The IPv4 address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one.") var port: UInt16 = 0
    @Option(help: "A file to write the bound port to.") var portFile: String?
    @Option(help: "The app's client id.") var clientID: String?
    @Option(help: "The app's client secret.") var clientSecret: String?
    @Option(help: "The app's callback URL.") var redirectURI: String
    @Option(help: "The app's Installation URL; without one the Marketplace leads straight to the consent page.")
    var installationURL: String?
    @Option(help: "The URL of the app's panel.") var panelURL: String?
    @Option(help: "The panel's user for Basic authentication.") var panelUser: String?
    @Option(help: "The panel's password for Basic authentication.") var panelPassword: String?
    @Option(help: "The secret that signs panel tokens; the client secret when left out.") var panelJWTSecret: String?
    @Option(help: "The file with the panel's schema, as uploaded to Pipedrive.") var panelSchema: String?
    @Option(help: "The same for persons and organizations, where it differs.") var panelSchemaContact: String?
    @Option(help: "A file that keeps the state between runs.") var state: String?
    @Option(help: "How many persons the sample data has.") var persons = 320
    @Option(help: "What the sample data is made from.") var seed: UInt64 = 1
    @Option(help: "How many API calls a token may make in two seconds.") var burst = RateLimiter.Limits().burst
    @Option(help: "How many tokens the company may spend in a day.") var dailyTokens = RateLimiter.Limits().dailyTokens
    @Option(help: "The plan that decides both budgets: lite, growth, premium or ultimate.") var plan: String?
    @Option(help: "How many companies there are, one or two.") var companies = 1
    @Option(help: "Seconds to wait before each retry of a webhook, separated by commas.") var retryDelays = "3,30,150"

    func run() async throws {
        let options = try makeOptions()
        let file = options.stateFile.map { StateFile(path: $0) }
        let sample = try SampleState.make(personCount: options.personCount, seed: options.seed)
        let sandbox = Sandbox(options, state: try file?.load(over: sample) ?? sample)
        var savers = file.map { [StateSaver(file: $0, store: sandbox.store)] } ?? []
        if options.companyCount > 1 { try addSecondCompany(options, beside: sandbox, savers: &savers) }
        let server = try ReplyServer(host: host, port: port) { await sandbox.answer($0) }
        signal(SIGPIPE, SIG_IGN)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { origin, port in
                    sandbox.origin = origin
                    try announce(origin, port)
                }
            }
            for saver in savers { group.addTask { try await saver.run() } }
            group.addTask { await StopSignal.wait() }
            for try await _ in group.prefix(1) { group.cancelAll() }
        }
        for saver in savers { try saver.file.save(saver.store.snapshot()) }
        throw ExitCode.success
    }

    private func addSecondCompany(
        _ options: SandboxOptions, beside first: Sandbox, savers: inout [StateSaver]
    ) throws {
        let file = options.stateFile.map { StateFile(path: $0 + ".2") }
        let sample = try SampleState.make(personCount: 40, seed: options.seed &+ 1, isSecond: true)
        let second = Sandbox(options, state: try file?.load(over: sample) ?? sample, beside: first)
        if let file { savers.append(StateSaver(file: file, store: second.store)) }
    }

    private func announce(_ origin: String, _ port: Int) throws {
        if let portFile { try Data("\(port)\n".utf8).write(to: URL(filePath: portFile), options: .atomic) }
        print("pipedrive-sandbox is listening on \(origin)")
        fflush(nil)
    }

    private func makeOptions() throws -> SandboxOptions {
        guard let clientID = value(clientID, "PIPEDRIVE_CLIENT_ID"),
            let clientSecret = value(clientSecret, "PIPEDRIVE_CLIENT_SECRET")
        else { throw ValidationError("--client-id and --client-secret (or their variables) are required") }
        var options = SandboxOptions(clientID: clientID, clientSecret: clientSecret, redirectURI: redirectURI)
        options.installationURL = installationURL
        options.host = host
        options.port = port
        options.stateFile = state
        options.personCount = max(1, persons)
        options.seed = seed
        options.limits.burst = burst
        options.limits.dailyTokens = dailyTokens
        if let plan { options.limits.follow(try planNamed(plan), seats: SampleState.users.count) }
        options.companyCount = max(1, min(companies, SampleState.companyLimit))
        options.webhookPolicy.retryDelays = try retryDelays.split(separator: ",").map { word in
            guard let seconds = Double(word) else { throw ValidationError("--retry-delays must be numbers") }
            return .milliseconds(Int(seconds * 1000))
        }
        if let panelURL {
            options.panel = SandboxOptions.Panel(
                url: panelURL, user: value(panelUser, "PIPEDRIVE_PANEL_USER") ?? "",
                password: value(panelPassword, "PIPEDRIVE_PANEL_PASSWORD") ?? "",
                tokenSecret: value(panelJWTSecret, "PIPEDRIVE_PANEL_JWT_SECRET"),
                schema: try panelSchema.map { try PanelSchema(path: $0) },
                contactSchema: try panelSchemaContact.map { try PanelSchema(path: $0) })
        }
        return options
    }

    private func planNamed(_ name: String) throws -> RateLimiter.Plan {
        guard let plan = RateLimiter.Plan(rawValue: name) else {
            throw ValidationError("--plan must be lite, growth, premium or ultimate")
        }
        return plan
    }

    private func value(_ flag: String?, _ variable: String) -> String? {
        flag ?? ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
}
