import Domain
import Foundation
import PostgresTestSupport
import Testing

/// The operator's tool on the deals of the evaluation, and on a deal that nobody knows.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct DraftCommandTests {
    private static var folder: String {
        let named = ProcessInfo.processInfo.environment["PAYDOCK_REPOSITORY"]
        let here = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        return "\(named ?? here)/Tests/Evaluation"
    }

    private struct Report: Decodable {
        struct Item: Decodable {
            let name: String
        }
        let drafter: String
        let deals: Int
        let precision: Double
        let recall: Double
        let priceErrors: Int
        let emailsWithProblems: Int
        let abstentionsWanted: Int
        let abstentionsRight: Int
        let results: [Item]
    }

    @Test func `the built-in drafter is measured on at least forty deals, without a network`() throws {
        try withStores { stores throws in
            let program = try OperatorProgram(stores)
            defer { #expect(throws: Never.self) { try program.remove() } }
            let (status, output) = try program.run("draft", "evaluate", Self.folder, "--json")
            #expect(status == 0, "\(output)")
            let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
            #expect(report.drafter == "built-in")
            #expect(report.deals >= 40 && report.results.count == report.deals)
            #expect(Set(report.results.map(\.name)).count == report.deals)
            #expect(report.priceErrors == 0 && report.emailsWithProblems == 0)
            // What docs/drafting.md says of it, with room for one deal more or less.
            #expect(report.precision >= 0.95 && report.recall >= 0.75)
            #expect(report.abstentionsRight >= report.abstentionsWanted - 1)
            let table = try program.run("draft", "evaluate", Self.folder).text
            #expect(table.contains("precision of lines") && table.contains("nl-01"))
        }
    }

    @Test func `a folder without deals, and a company that is not there, are said plainly`() throws {
        try withStores { stores throws in
            let program = try OperatorProgram(stores)
            defer { #expect(throws: Never.self) { try program.remove() } }
            let empty = try program.run("draft", "evaluate", "/nowhere")
            #expect(empty.status != 0 && empty.text.contains("/nowhere can't be read"))
            let stranger = UUID().uuidString.lowercased()
            let unknown = try program.run("explain", "--company", stranger, "--deal", "7")
            #expect(unknown.status != 0 && unknown.text.contains("There is no company \(stranger)"))
            let known = try program.run("explain", "--company", stores.company.text, "--deal", "7", "--json")
            #expect(known.status == 0 && known.text.contains("Pipedrive was never connected."))
        }
    }
}
