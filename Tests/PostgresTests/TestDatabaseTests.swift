import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct TestDatabaseTests {
    @Test func `a template is prepared once and copied`() throws {
        let content = UUID().uuidString
        var preparedCount = 0
        let prepare = { (url: String) in
            preparedCount += 1
            let connection = try PostgresConnection(PostgresConfiguration(url: url, applicationName: "t"))
            defer { connection.close() }
            try connection.script("create table item as select 7 as id")
        }
        let name = try TestDatabase.template(named: "own", content: content, prepare: prepare)
        #expect(try TestDatabase.template(named: "own", content: content, prepare: prepare) == name)
        #expect(preparedCount == 1)
        for _ in 1...2 {
            try withTestDatabase(template: name) { database in
                let connection = try database.connect()
                #expect(try connection.query("select id from item").first?.int("id") == 7)
                try connection.script("drop table item")
            }
        }
        try withTestDatabase { database in
            try database.connect().execute("drop database \(unsafe: name)")
        }
    }

    @Test func `a template whose preparation fails does not exist`() throws {
        struct Refusal: Error {}
        let content = UUID().uuidString
        for _ in 1...2 {
            #expect(throws: Refusal.self) {
                try TestDatabase.template(named: "own", content: content) { _ in throw Refusal() }
            }
        }
    }

    @Test func `a dropped database is gone, and dropping it again does no harm`() throws {
        let database = try TestDatabase.make()
        try database.drop()
        try database.drop()
        #expect(throws: PostgresError.self) { try database.connect() }
    }

    @Test func `an asynchronous body gets a database too`() async throws {
        let count = try await withTestDatabase { database in
            await Task.yield()
            return try database.connect().query("select 1").count
        }
        #expect(count == 1)
    }
}
