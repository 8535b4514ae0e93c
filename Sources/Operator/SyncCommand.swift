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
            abstract: "Starts a run of one company; the drainers do its steps.")

        @Option(help: "The company's id.")
        var company: String
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let (integration, id) = try SyncCommand.integration(company)
            do {
                let isStarted = try integration.syncNow(id)
                if json {
                    try Facts.print(["started": isStarted])
                } else {
                    print(isStarted ? "The run has started." : "A run is at work already.")
                }
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
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
                guard try integration.preview(id) else { throw ValidationError("A run is at work already.") }
                let run = try await finished(integration, id)
                guard run.state == .completed else {
                    throw ValidationError("The preview \(run.state.rawValue): \(run.outcome ?? "no reason is known")")
                }
                json ? try Facts.print(SyncPreviewFacts(run)) : run.printPreview()
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
        }

        private func finished(_ integration: Integration, _ id: Company.ID) async throws -> SyncRun {
            let end = ContinuousClock.now + .seconds(timeout)
            while ContinuousClock.now < end {
                if let run = try integration.overview(id).runs.first(where: { $0.mode == .preview }),
                    run.state != .running
                {
                    return run
                }
                try await Task.sleep(for: .milliseconds(250))
            }
            throw ValidationError("The preview is not ready after \(timeout) seconds: is a drainer at work?")
        }
    }

    fileprivate static func integration(_ company: String) throws -> (Integration, Company.ID) {
        guard let id = Company.ID(text: company) else { throw ValidationError("--company is no id") }
        let environment = try Program.environment("paydock", logger: Program.logger("paydock"))
        return (Integration(storage: environment.storage), id)
    }
}

/// A preview for other programs.
private struct SyncPreviewFacts: Encodable {
    struct Kind: Encodable {
        let read, create, link, change, create_in_pipedrive, change_in_pipedrive, skip, needs_attention: Int
    }
    let kinds: [String: Kind]
    let token_cost: Int

    init(_ run: SyncRun) {
        kinds = Dictionary(
            uniqueKeysWithValues: run.counts.map { kind, counts in
                (
                    kind.rawValue,
                    Kind(
                        read: counts.read, create: counts.created, link: counts.linked, change: counts.updated,
                        create_in_pipedrive: counts.createdThere, change_in_pipedrive: counts.updatedThere,
                        skip: counts.skipped, needs_attention: counts.needsAttention)
                )
            })
        token_cost = run.expectedTokenCost
    }
}

extension SyncRun {
    fileprivate func printPreview() {
        for kind in RecordKind.allCases {
            let counts = self.counts[kind] ?? Counts()
            print(
                """
                \(kind.rawValue)s: \(counts.read) read, \(counts.created) to create, \(counts.linked) to link, \
                \(counts.updated) to change, \(counts.createdThere) to create in Pipedrive, \(counts.updatedThere) to \
                change in Pipedrive, \(counts.skipped) left alone, \(counts.needsAttention) for a person to decide
                """)
        }
        print("Cost: about \(expectedTokenCost) API tokens. Nothing was written.")
    }
}
