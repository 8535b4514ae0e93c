import Foundation
import Testing

/// The rules find what is put before them.
struct ScannerTests {
    private let rules = Rules(house: .ours)

    private func manifest(
        _ targets: [String: [String]], pins: String = #"{"exact":["1.0.0"]}"#
    ) throws -> Manifest {
        let list = targets.sorted { $0.key < $1.key }.map { name, dependencies in
            let names = dependencies.map { #"{"byName":["\#($0)",null]}"# }.joined(separator: ",")
            return #"{"name":"\#(name)","type":"regular","dependencies":[\#(names)]}"#
        }
        let json =
            #"{"targets":[\#(list.joined(separator: ","))],"#
            + #""dependencies":[{"sourceControl":[{"identity":"kit","requirement":\#(pins)}]}]}"#
        return try JSONDecoder().decode(Manifest.self, from: Data(json.utf8))
    }

    private func found(_ module: String, _ text: String, lists: [String]) throws -> [String] {
        let file = SourceText(path: "Sources/\(module)/File.swift", text: text)
        return rules.wrongImports(file, manifest: try manifest([module: lists]))
    }

    @Test(arguments: [
        ("import Domain", "Domain", false), ("public import Domain", "Domain", true),
        ("  internal import CCurl", "CCurl", false), ("@testable import Web", "Web", false),
        ("@preconcurrency public import Web", "Web", true), ("import struct Domain.Money", "Domain", false),
        ("import Domain.Money // why", "Domain", false), ("private import class Web.App;", "Web", false),
    ])
    func `an import is seen in each of its forms`(_ text: String, _ module: String, _ isPublic: Bool) {
        #expect(
            SourceText(path: "Sources/A/File.swift", text: text).imports == [.init(module: module, isPublic: isPublic)])
    }

    @Test func `imports are seen under conditions and beside each other, not in comments`() {
        let text = "#if canImport(Musl)\n    import Musl\n#else\nimport Glibc; import Web\n#endif\n// import Domain\n"
        #expect(SourceText(path: "", text: text).imports.map(\.module) == ["Musl", "Glibc", "Web"])
    }

    @Test func `an import against the arrows is found, though the manifest lists it`() throws {
        #expect(
            try found("Domain", "import Postgres", lists: ["Postgres"]) == [
                "Sources/Domain/File.swift: Domain may not import Postgres"
            ])
        #expect(try found("Workflows", "import Pipedrive", lists: ["Pipedrive"]).count == 1)
        #expect(try found("Web", "import PostgresStore", lists: ["PostgresStore"]).count == 1)
        #expect(try found("Domain", "import Foundation", lists: []).count == 2)
        #expect(try found("Web", "import FoundationNetworking", lists: []).count == 2)
        #expect(try found("Workflows", "import Mustache", lists: ["Mustache"]).count == 1)
    }

    @Test func `an import that the manifest does not list is found, though the table allows it`() throws {
        #expect(
            try found("Workflows", "public import Domain\nimport FoundationEssentials", lists: []) == [
                "Sources/Workflows/File.swift: the manifest does not list Domain for Workflows"
            ])
        #expect(try found("Workflows", "public import Domain", lists: ["Domain"]).isEmpty)
        #expect(try found("PipedriveSandbox", "import FlyingSocks", lists: ["FlyingFox"]).isEmpty)
    }

    @Test func `a shim that leaks upward is found`() throws {
        #expect(try found("Postgres", "public import CLibPQ", lists: ["CLibPQ"]).count == 1)
        #expect(try found("Postgres", "internal import CLibPQ", lists: ["CLibPQ"]).isEmpty)
    }

    @Test func `a room or target that the table does not know is found`() throws {
        #expect(try found("Attic", "import Foundation", lists: []).count == 1)
        #expect(rules.wrongTargets(try manifest(["Attic": []])).count == 1)
        #expect(rules.wrongTargets(try manifest(["Utils": []])).count == 2)
        #expect(rules.wrongTargets(try manifest(["Domain": ["Postgres"]])) == ["Domain may not depend on Postgres"])
        #expect(rules.wrongTargets(try manifest(["Workflows": ["Domain", "Logging"]])).isEmpty)
    }

    @Test(arguments: [
        #"{"range":[{"lowerBound":"1.0.0","upperBound":"2.0.0"}]}"#, #"{"branch":["main"]}"#, #"{"revision":["abc"]}"#,
    ])
    func `a package that is not pinned is found`(_ pins: String) throws {
        #expect(try manifest([:], pins: pins).unpinned == ["kit"])
        #expect(try manifest([:]).unpinned.isEmpty)
    }

    private func shape(_ path: String, _ text: String) -> [String] {
        rules.wrongShape(SourceText(path: path, text: text))
    }

    @Test(arguments: [
        "struct SyncManager {", "public final class MailHelper: Sendable {", "actor QueueProcessor {",
        "    private enum DraftService {", "struct Web<Value> {", "protocol Web: Sendable {",
        "public typealias Web = Int",
    ])
    func `a type whose name says nothing, or its module's, is found`(_ text: String) {
        #expect(shape("Sources/Web/File.swift", text).count == 1)
    }

    @Test(arguments: [
        "struct WebApp {", "// struct SyncManager {", "let text = \"a class SyncManager\"", "class func managed() {}",
        "let manager: SyncManager",
    ])
    func `other names are let be`(_ text: String) {
        #expect(shape("Sources/Web/File.swift", text).isEmpty)
    }

    @Test func `a folder whose name says nothing, and a file that is too long, are found`() {
        #expect(shape("Sources/Web/Utils/File.swift", "").count == 1)
        #expect(shape("Sources/Web/File.swift", String(repeating: "\n", count: 500)).isEmpty)
        #expect(shape("Sources/Web/File.swift", String(repeating: "\n", count: 501)).count == 1)
    }
}
