import Foundation
import PostgresStore
import Testing

struct MigrationFileTests {
    private static func folder() -> URL {
        let named = ProcessInfo.processInfo.environment["PAYDOCK_REPOSITORY"].map { URL(fileURLWithPath: $0) }
        let here = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return (named ?? here).appendingPathComponent("sql")
    }

    @Test func `the program holds every migration of the folder, in order and as it stands there`() throws {
        let migrations = Self.folder().appendingPathComponent("migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: migrations.path)
            .filter { $0.hasSuffix(".sql") }.sorted()
        #expect(!files.isEmpty)
        let expected = Migrator.migrations.map { migration in
            let digits = String(migration.number)
            return String(repeating: "0", count: 4 - digits.count) + digits + "_" + migration.name + ".sql"
        }
        #expect(files == expected)
        #expect(Migrator.migrations.map(\.number) == Set(Migrator.migrations.map(\.number)).sorted())
        for (file, migration) in zip(files, Migrator.migrations) {
            let text = try String(contentsOf: migrations.appendingPathComponent(file), encoding: .utf8)
            #expect(migration.text == text, "\(file)")
        }
    }

    @Test func `the program holds the roles' statements as they stand in the folder`() throws {
        let text = try String(contentsOf: Self.folder().appendingPathComponent("roles.sql"), encoding: .utf8)
        #expect(Migrator.roles == text)
    }
}
