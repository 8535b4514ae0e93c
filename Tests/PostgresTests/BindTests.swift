import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct BindTests {
    @Test func `every bindable type comes back as it went`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let id = UUID()
            let date = Date(timeIntervalSince1970: 1_795_522_894.123456)
            let rows = try connection.query(
                """
                select \("Zoë 🐘 'quoted' \\ $1\t\n")::text as text, \(Int.min)::bigint as int, \(Int64.max)::bigint as long,
                    \(Int32.min)::int as short, \(true)::boolean as yes, \(false)::boolean as no,
                    \(0.1 + 0.2)::float8 as double, \(Double.infinity)::float8 as infinite, \(id)::uuid as uuid,
                    \([0, 255, 92, 39] as [UInt8])::bytea as bytes, \(date)::timestamptz as date,
                    \(nil as String?)::text as nothing, \(Optional(7))::int as seven
                """)
            let row = try #require(rows.first)
            #expect(rows.count == 1)
            #expect(try row.string("text") == "Zoë 🐘 'quoted' \\ $1\t\n")
            #expect(try row.int("int") == Int.min)
            #expect(try row.int64("long") == Int64.max)
            #expect(try row.int("short") == Int(Int32.min))
            #expect(try row.bool("yes"))
            #expect(try !row.bool("no"))
            #expect(try row.double("double") == 0.1 + 0.2)
            #expect(try row.double("infinite") == .infinity)
            #expect(try row.uuid("uuid") == id)
            #expect(try row.bytes("bytes") == [0, 255, 92, 39])
            #expect(abs(try row.date("date").timeIntervalSince(date)) < 0.000_000_5)
            #expect(try row.optionalString("nothing") == nil)
            #expect(try row.optionalInt("seven") == 7)
        }
    }

    @Test func `two megabytes of every byte come back`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let row = try #require(
                try connection.query("select \(bytes)::bytea as b, length(\(bytes)::bytea) as n").first)
            #expect(try row.int("n") == 2_000_000)
            #expect(try row.bytes("b") == bytes)
        }
    }

    @Test func `bytes can be the content of a text`() throws {
        try withTestDatabase { database in
            let json = Array(#"{"a": "ü"}"#.utf8)
            let row = try #require(try database.connect().query("select \(json)::text::jsonb ->> 'a' as a").first)
            #expect(try row.string("a") == "ü")
        }
    }

    @Test func `whole numbers are read to their bounds, and nothing else is one`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            for number in [Int64.min, -1, 0, 7, .max] {
                #expect(try connection.query("select \(number)::bigint as n").first?.int64("n") == number)
            }
            for text in ["", "-", "+1", "1.0", " 1", "1 ", "0x1", "9223372036854775808", "-9223372036854775809"] {
                let row = try #require(try connection.query("select \(text)::text as n").first)
                #expect(throws: PostgresError.self, "\(text)") { try row.int64("n") }
            }
        }
    }

    @Test func `a UUID is what the server writes, and nothing else is one`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let good = "0123abcd-4567-89ef-fedc-ba9876543210"
            let row = try #require(try connection.query("select \(good)::uuid as id, null::uuid as none").first)
            #expect(try row.uuid("id") == UUID(uuidString: good))
            #expect(try row.optionalUUID("none") == nil)
            for text in [
                "", String(good.dropLast()), good + "0", good.replacing("-", with: "0"), good.replacing("a", with: "g"),
                good.replacing("0123", with: "-123"),
            ] {
                let row = try #require(try connection.query("select \(text)::text as id").first)
                #expect(throws: PostgresError.self, "\(text)") { try row.uuid("id") }
            }
        }
    }

    @Test func `a boolean is t or f`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let row = try #require(try connection.query("select true as a, false as b, 'true'::text as c").first)
            #expect(try row.bool("a") && !row.bool("b"))
            #expect(throws: PostgresError.self) { try row.bool("c") }
        }
    }

    @Test func `a NUL character is refused and the connection goes on`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            for bind: any PostgresBindable in ["a\0b", ["ok", "a\0b"]] {
                let error = #expect(throws: PostgresError.self) { try connection.query("select \(bind)::text as x") }
                #expect(error?.code == .invalidBind)
            }
            #expect(throws: PostgresError.self) { try connection.query(SQL(unsafe: "select 1\0; garbage")) }
            #expect(try connection.query("select 1 as x").first?.int("x") == 1)
        }
    }

    @Test func `arrays keep quotes, braces, commas, the word NULL and nothing at all`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let strings = ["", "NULL", "null", "a,b", "{x}", "\"q\"", "back\\slash", " spaced ", "Zoë\n🐘", "'"]
            let longs: [Int64] = [.min, 0, .max]
            let ids = [UUID(), UUID()]
            let row = try #require(
                try connection.query(
                    """
                    select \(strings)::text[] as strings, \([] as [String])::text[] as none, \(longs)::bigint[] as longs,
                        \(ids)::uuid[] as ids, (\(strings)::text[])[7] as seventh,
                        (\(["a", nil])::text[])[2] is null as has_null, \(["a", nil])::text[] as gap
                    """
                ).first)
            #expect(try row.strings("strings") == strings)
            #expect(try row.strings("none") == [])
            #expect(try row.int64s("longs") == longs)
            #expect(try row.uuids("ids") == ids)
            #expect(try row.string("seventh") == "back\\slash")
            #expect(try row.bool("has_null"))
            #expect(throws: PostgresError.self) { try row.strings("gap") }
        }
    }

    @Test(arguments: ["UTC", "Asia/Kolkata", "America/St_Johns", "Europe/Berlin"])
    func `moments mean the same in every session time zone`(zone: String) throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.execute("select set_config('timezone', \(zone), false)")
            let seconds = [
                -62_135_596_800, -2_208_988_800.5, -1, 0, 951_782_400, 1_795_522_894.000001, 253_402_300_799,
            ]
            for second in seconds {
                let date = Date(timeIntervalSince1970: second)
                let row = try #require(
                    try connection.query(
                        """
                        select \(date)::timestamptz as date,
                            (extract(epoch from \(date)::timestamptz) * 1000000)::bigint as micros
                        """
                    ).first)
                #expect(try row.int64("micros") == Int64((second * 1_000_000).rounded()))
                #expect(abs(try row.date("date").timeIntervalSince1970 - second) < 0.000_05)
            }
        }
    }

    @Test func `a moment read from a row equals the row's when it is bound again`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script(
                """
                select setseed(0.5);
                create table item as select timestamptz 'epoch' + (random() * 4e15)::bigint * interval '1 microsecond' as at
                    from generate_series(1, 2000)
                """)
            let rows = try connection.query("select at from item")
            #expect(rows.count == 2000)
            let dates = try rows.map { try $0.date("at") }
            #expect(try connection.query("select from item where at <> all(\(dates)::timestamptz[])").isEmpty)
        }
    }

    @Test func `bytes are read in the server's older output form too`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("set bytea_output to 'escape'")
            let bytes = [UInt8](0...255)
            #expect(try connection.query("select \(bytes)::bytea as b").first?.bytes("b") == bytes)
        }
    }

    @Test func `years before Christ and infinity are told apart from dates`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let caesar = Date(timeIntervalSince1970: -63_517_348_800)
            let row = try #require(
                try connection.query(
                    """
                    select \(caesar)::timestamptz as caesar, extract(epoch from \(caesar)::timestamptz)::bigint as seconds,
                        'infinity'::timestamptz as never, now()::timestamp as zoneless
                    """
                ).first)
            #expect(try row.int64("seconds") == -63_517_348_800)
            #expect(try row.date("caesar") == caesar)
            #expect(throws: PostgresError.self) { try row.date("never") }
            #expect(throws: PostgresError.self) { try row.date("zoneless") }
        }
    }

    @Test func `a decoding failure names the column and not the value`() throws {
        try withTestDatabase { database in
            let row = try #require(
                try database.connect().query("select 'hush' as word, null::int as gap").first)
            let wrong = try #require(throws: PostgresError.self) { try row.int("word") }
            #expect(wrong.code == .decoding)
            #expect("\(wrong)".contains("word"))
            #expect(!wrong.debugDescription.contains("hush"))
            let gap = try #require(throws: PostgresError.self) { try row.int("gap") }
            #expect("\(gap)".contains("column gap"))
            #expect(throws: PostgresError.self) { try row.optionalInt("absent") }
            #expect(try row.optionalInt("gap") == nil)
        }
    }
}
