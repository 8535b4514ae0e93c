import Foundation

/// What `swift package dump-package` says.
struct Manifest: Decodable {
    struct Target: Decodable {
        let name: String
        let type: String
        let path: String?
        let dependencies: [Dependency]
    }

    /// A target's dependency: by its own name, or a package's product.
    struct Dependency: Decodable {
        let name: String

        init(from decoder: any Decoder) throws {
            let kinds = try decoder.singleValueContainer().decode([String: [Word]].self)
            guard let name = kinds.values.first?.first?.text else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "A dependency without a name"))
            }
            self.name = name
        }

        // A name, or whatever stands beside it.
        private struct Word: Decodable {
            let text: String?
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do {
                    text = container.decodeNil() ? nil : try container.decode(String.self)
                } catch DecodingError.typeMismatch {
                    text = nil
                }
            }
        }
    }

    struct Package: Decodable {
        struct Source: Decodable {
            let identity: String
            let requirement: [String: Requirement]
        }
        /// Only an exact version is written as a list of texts.
        struct Requirement: Decodable {
            let versions: [String]
            init(from decoder: any Decoder) throws {
                do {
                    versions = try decoder.singleValueContainer().decode([String].self)
                } catch DecodingError.typeMismatch {
                    versions = []
                }
            }
        }
        let sourceControl: [Source]?
    }

    let targets: [Target]
    let dependencies: [Package]

    /// Names of targets and modules that a target lists.
    func listed(by target: String) -> Set<String> {
        let names = targets.first { $0.name == target }?.dependencies.map(\.name) ?? []
        return Set(names + names.compactMap { House.companions[$0] })
    }

    /// Dependencies that are not held at one exact version.
    var unpinned: [String] {
        dependencies.compactMap { package in
            guard let source = package.sourceControl?.first else { return "a package without a remote" }
            return source.requirement["exact"]?.versions.count == 1 ? nil : source.identity
        }
    }

    /// The package's root, found from this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Failed: Error { let status: Int32 }

    /// Asks SwiftPM, with a scratch folder of its own: the usual one is locked while tests run.
    static func read() throws -> Manifest {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "arrows-\(UUID().uuidString)")
        defer {
            do {
                try FileManager.default.removeItem(at: scratch)
            } catch {
                // It was never made, or it goes with the temporary folder.
            }
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--disable-sandbox", "--package-path", root.path(), "--scratch-path", scratch.path(),
            "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
        return try JSONDecoder().decode(Manifest.self, from: bytes)
    }
}
