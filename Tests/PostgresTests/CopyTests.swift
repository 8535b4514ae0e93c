import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct CopyTests {
    private static let awkward = [
        "\\", "\\.", "\\N", "\t", "\n", "\r\n", "\u{8}\u{b}\u{c}", "N", "", "é🐘", "\"", ",", "\\x41",
    ]

    @Test(arguments: [UInt64(1), 2, 3])
    func `random texts and bytes come back as they went`(seed: UInt64) throws {
        var random = SeededRandom(state: seed)
        let rows: [[PostgresBind]] = (0..<2_000).map { number in
            let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Self.awkward.randomElement(using: &random) ?? ""
            }
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            let isNull = Int.random(in: 0...9, using: &random) == 0
            return [number.postgresBind, isNull ? .null : .text(text.joined()), isNull ? .null : .binary(bytes)]
        }
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("create table item (id int, name text, content bytea)")
            #expect(try connection.copyIn("copy item (id, name, content) from stdin", rows: rows) == 2_000)
            let read = try connection.query("select * from item order by id").map { row -> [PostgresBind] in
                [
                    .text(try row.string("id")), try row.optionalString("name").postgresBind,
                    try row.optionalBytes("content").postgresBind,
                ]
            }
            #expect(read == rows)
        }
    }

    @Test func `a copy inside a transaction belongs to it, and brings the opening along`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("create table item (id int, who text default current_setting('test.who'))")
            try connection.transaction(prelude: ["select set_config('test.who', \("me"), true)"]) { inside in
                try inside.copyIn("copy item (id) from stdin", rows: [[.text("1")], [.text("2")]])
                #expect(try inside.query("select from item where who = 'me'").count == 2)
            }
            #expect(throws: PostgresError.self) {
                try connection.transaction(prelude: ["select set_config('test.who', \("me"), true)"]) { inside in
                    try inside.copyIn("copy item (id) from stdin", rows: [[.text("3")]])
                    try inside.copyIn("copy item (id) from stdin", rows: [[.text("no number")]])
                }
            }
            #expect(try connection.query("select from item").count == 2)
        }
    }

    @Test func `a value that cannot be sent stops the whole copy`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("create table item (name text)")
            let error = try #require(throws: PostgresError.self) {
                try connection.copyIn("copy item from stdin", rows: [[.text("fine")], [.text("a\0b")]])
            }
            #expect(error.code == .invalidBind)
            #expect(try connection.query("select from item").isEmpty)
        }
    }

    @Test func `a statement that is no copy, or a refused one, leaves the connection usable`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let rows: [[PostgresBind]] = [[.text("1")]]
            #expect(throws: PostgresError.self) { try connection.copyIn("select 1", rows: rows) }
            #expect(throws: PostgresError.self) { try connection.copyIn("copy nowhere from stdin", rows: rows) }
            #expect(throws: PostgresError.self) {
                try connection.copyIn("copy x from stdin where a = \(1)", rows: rows)
            }
            #expect(try connection.query("select 1 as x").count == 1)
        }
    }
}

/// SplitMix64, so that a failing case can be run again.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
