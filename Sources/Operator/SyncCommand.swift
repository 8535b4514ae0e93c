import ArgumentParser
import Bootstrap
import Domain
import Foundation
import Workflows

/// `paydock sync …`
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Sync runs.", subcommands: [Run.self, Preview.self])

    /// `paydock sync run`
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Starts a run of one company; the drainers do its steps.",
            discussion: """
                The first run of a connection has to be previewed, and is made with --apply. On a terminal the run is \
                followed to its end; Ctrl-C leaves it at work.
                """)

        @Option(help: "The company's id.")
        var company: String
        @Flag(help: "Do what the newest preview says, and nothing beside it.")
        var apply = false
        @Flag(inversion: .prefixedNo, help: "Follow the run to its end; on a terminal that is done anyway.")
        var wait: Bool?
        @Option(help: "Seconds to follow it.")
        var timeout = 3600
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let (integration, id) = try SyncCommand.integration(company)
            let started: Integration.Started
            do {
                started = try apply ? applied(integration, id) : integration.syncNow(id)
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
            guard started != .previewed else {
                throw ValidationError(
                    "The first run has to be previewed: see `paydock sync preview`, then `paydock sync run --apply`.")
            }
            let follows = wait ?? (!json && ProgressBar.isOnTerminal)
            guard follows else {
                if json {
                    try Facts.print(["started": started == .started])
                } else {
                    print(started == .started ? "The run has started." : "A run is at work already.")
                }
                return
            }
            let run = try await SyncCommand.followed(integration, id, seconds: timeout, showsBar: !json)
            guard run.state == .completed else {
                throw ValidationError("The run \(run.state.rawValue): \(run.outcome ?? "no reason is known")")
            }
            json ? try Facts.print(SyncRunFacts(run)) : run.printCounts(isPreview: false)
        }

        private func applied(_ integration: Integration, _ id: Company.ID) throws -> Integration.Started {
            guard let preview = try integration.currentPreview(id) else {
                throw ValidationError("There is no preview that could be applied: see `paydock sync preview`.")
            }
            return try integration.apply(preview.id, id)
        }
    }

    /// `paydock sync preview`
    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts what a run of one company would do, and its cost; the drainers read, nothing is written.")

        @Option(help: "The company's id.")
        var company: String
        @Option(help: "Seconds to wait for it.")
        var timeout = 600
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let (integration, id) = try SyncCommand.integration(company)
            do {
                // One that is being made already, as after connecting, will do.
                if try !integration.preview(id), try integration.newestRun(id)?.mode != .preview {
                    throw ValidationError("A run is at work already.")
                }
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
            let run = try await SyncCommand.followed(integration, id, seconds: timeout, showsBar: !json)
            guard run.mode == .preview, run.state == .completed else {
                throw ValidationError("The preview \(run.state.rawValue): \(run.outcome ?? "no reason is known")")
            }
            let samples = try integration.overview(id).preview.map { $0.run.id == run.id ? $0.samples : [] } ?? []
            guard !json else { return try Facts.print(SyncRunFacts(run, samples: samples)) }
            run.printCounts(isPreview: true)
            for change in samples { print("  \(change.previewLine)") }
            print("Cost: about \(run.expectedTokenCost) API tokens. Nothing was written.")
        }
    }

    /// Waits until the run at work has ended, with a bar on a terminal.
    fileprivate static func followed(
        _ integration: Integration, _ id: Company.ID, seconds: Int, showsBar: Bool
    ) async throws -> SyncRun {
        let end = ContinuousClock.now + .seconds(seconds)
        let bar = showsBar && ProgressBar.isOnTerminal ? ProgressBar() : nil
        defer { bar?.clear() }
        while ContinuousClock.now < end {
            if let run = try integration.newestRun(id) {
                guard run.state == .running else { return run }
                bar?.show(run, now: Date())
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        throw ValidationError("It is not ready after \(seconds) seconds: is a drainer at work?")
    }

    fileprivate static func integration(_ company: String) throws -> (Integration, Company.ID) {
        guard let id = Company.ID(text: company) else { throw ValidationError("--company is no id") }
        let environment = try Program.environment("paydock", logger: Program.logger("paydock"))
        return (Integration(storage: environment.storage), id)
    }
}

/// A run on one line of a terminal, drawn over and over; on standard error, so that what is printed stays clean.
struct ProgressBar {
    static var isOnTerminal: Bool { isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// The line of a run.
    static func line(_ run: SyncRun, now: Date, width: Int = 24) -> String {
        let done = run.percentDone * width / 100
        let bar = String(repeating: "#", count: done) + String(repeating: ".", count: width - done)
        let progress = run.progress
        let kind = progress.kind.map { " \($0.rawValue)s" } ?? ""
        let records =
            progress.expected > progress.done ? "\(progress.done) of about \(progress.expected)" : "\(progress.done)"
        let seconds = max(0, Int(now.timeIntervalSince(run.startedAt)))
        let phase = progress.phase.rawValue.replacing("_", with: " ")
        let waiting = run.outcome.map { ", waiting: \($0)" } ?? ""
        return "[\(bar)] \(run.percentDone) %  \(phase)\(kind), \(records) read, \(seconds) s\(waiting)"
    }

    func show(_ run: SyncRun, now: Date) {
        FileHandle.standardError.write(Data("\r\u{1B}[K\(Self.line(run, now: now))".utf8))
    }

    func clear() {
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}

/// A run or preview for other programs.
private struct SyncRunFacts: Encodable {
    struct Kind: Encodable {
        let read, create, link, change, create_in_pipedrive, change_in_pipedrive, skip, needs_attention: Int
        let changed_since_preview: Int
    }
    struct Sample: Encodable {
        let kind, action, name: String
    }
    let run: String
    let kinds: [String: Kind]
    let token_cost: Int
    let samples: [Sample]

    init(_ run: SyncRun, samples: [SyncChange] = []) {
        self.run = run.id.text
        kinds = Dictionary(
            uniqueKeysWithValues: run.counts.map { kind, counts in
                (
                    kind.rawValue,
                    Kind(
                        read: counts.read, create: counts.created, link: counts.linked, change: counts.updated,
                        create_in_pipedrive: counts.createdThere, change_in_pipedrive: counts.updatedThere,
                        skip: counts.skipped, needs_attention: counts.needsAttention,
                        changed_since_preview: counts.postponed)
                )
            })
        token_cost = run.mode == .preview ? run.expectedTokenCost : run.tokenCost
        self.samples = samples.map { Sample(kind: $0.kind.rawValue, action: $0.action.rawValue, name: $0.name) }
    }
}

extension SyncChange {
    fileprivate var previewLine: String {
        let what =
            switch action {
            case .created: "create"
            case .linked: "link"
            case .updated: "change"
            case .createdThere: "create in Pipedrive"
            case .updatedThere: "change in Pipedrive"
            case .attention: "for a person to decide"
            default: action.rawValue
            }
        return "\(what): \(kind.rawValue) \(name)"
    }
}

extension SyncRun {
    fileprivate func printCounts(isPreview: Bool) {
        let to = isPreview ? "to " : ""
        let d = isPreview ? "" : "d"
        let ed = isPreview ? "" : "ed"
        for kind in RecordKind.allCases {
            let counts = self.counts[kind] ?? Counts()
            print(
                """
                \(kind.rawValue)s: \(counts.read) read, \(counts.created) \(to)create\(d), \(counts.linked) \
                \(to)link\(ed), \(counts.updated) \(to)change\(d), \(counts.createdThere) \(to)create\(d) in Pipedrive, \
                \(counts.updatedThere) \(to)change\(d) in Pipedrive, \(counts.skipped) left alone, \
                \(counts.needsAttention) for a person to decide\
                \(counts.postponed > 0 ? ", \(counts.postponed) changed since the preview and left alone" : "")
                """)
        }
        if !isPreview { print("Cost: \(tokenCost) API tokens.") }
    }
}
