import Foundation

/// A source file as the rules look at it.
struct SourceText {
    /// Path from the package's root.
    let path: String
    let text: String

    struct Import: Hashable {
        let module: String
        let isPublic: Bool
    }

    private var statements: [Substring] {
        text.split(separator: "\n").flatMap { $0.split(separator: ";") }
    }

    /// The modules it imports, also single declarations of them and under `#if`.
    var imports: [Import] {
        let access = "public|package|internal|fileprivate|private"
        let kinds = "struct|class|enum|protocol|typealias|func|var|let"
        return statements.compactMap { statement in
            let words = statement.split { $0 == " " || $0 == "\t" }.map(String.init)
            var rest = words.drop { $0.hasPrefix("@") }
            let isPublic = rest.first == "public"
            if let first = rest.first, access.split(separator: "|").contains(first[...]) { rest.removeFirst() }
            guard rest.first == "import" else { return nil }
            rest.removeFirst()
            if let first = rest.first, kinds.split(separator: "|").contains(first[...]) { rest.removeFirst() }
            guard let name = rest.first?.prefix(while: { $0.isLetter || $0.isNumber || $0 == "_" }), !name.isEmpty
            else { return nil }
            return Import(module: String(name), isPublic: isPublic)
        }
    }

    /// The names of the types it declares.
    var types: [String] {
        let keywords: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        return statements.compactMap { statement in
            let words = statement.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, !first.hasPrefix("//"),
                let index = words.firstIndex(where: { keywords.contains($0) }), index + 1 < words.count
            else { return nil }
            let before = words[..<index]
            guard before.allSatisfy({ $0.allSatisfy { $0.isLetter || "@()".contains($0) } }) else { return nil }
            let name = words[index + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            return name.first?.isUppercase == true ? String(name) : nil
        }
    }

    var lineCount: Int { text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 }

    /// The module it belongs to: the folder under `Sources` or `Tests`.
    var module: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    /// All Swift files in a folder of the package.
    static func all(in folder: String) throws -> [SourceText] {
        let root = Manifest.root.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path())
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map {
            SourceText(
                path: "\(folder)/\($0)",
                text: try String(contentsOf: root.appending(path: $0), encoding: .utf8))
        }
    }
}
