import Foundation
import Testing

struct HouseTests {
    private let rules = Rules(house: .ours)

    @Test func `every import is listed in the manifest and allowed by the table`() throws {
        let manifest = try Manifest.read()
        let files = try SourceText.all(in: "Sources")
        #expect(files.count > 100)
        let wrong = files.flatMap { rules.wrongImports($0, manifest: manifest) }
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    @Test func `every target has its room, and depends only on what the table allows`() throws {
        let manifest = try Manifest.read()
        let wrong = rules.wrongTargets(manifest)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
        let made = Set(manifest.targets.map(\.name))
        #expect(made.isSuperset(of: House.ours.rooms.keys))
    }

    @Test func `every package is pinned to one version`() throws {
        let manifest = try Manifest.read()
        #expect(manifest.unpinned.isEmpty)
        #expect(!manifest.dependencies.isEmpty)
    }

    @Test func `names say what a thing does, and files stay short`() throws {
        let wrong = try (SourceText.all(in: "Sources") + SourceText.all(in: "Tests")).flatMap(rules.wrongShape)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
}
