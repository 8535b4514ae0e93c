import Postgres
import Testing

@Suite struct SQLTests {
    @Test func `values become numbered binds`() {
        let sql: SQL = "select a from t where id = \(7) and name = \("x") and gone = \(nil as Bool?)"
        #expect(sql.text == "select a from t where id = $1 and name = $2 and gone = $3")
        #expect(sql.binds == [.text("7"), .text("x"), .null])
    }

    @Test func `fragments are numbered on, inside and at the end`() {
        let filter: SQL = "b = \(2) or c = \(3)"
        var sql: SQL = "select \(1) where (\(fragment: filter)) and d = \(4)"
        #expect(sql.text == "select $1 where ($2 or c = $3) and d = $4".replacing("($2", with: "(b = $2"))
        sql += " limit \(5)"
        let sum = sql + " offset \(6)"
        #expect(sum.text == "select $1 where (b = $2 or c = $3) and d = $4 limit $5 offset $6")
        #expect(sum.binds == (1...6).map { .text(String($0)) })
    }

    @Test func `raw text goes in as it is and bytes are one bind`() {
        let sql: SQL = "select \(unsafe: "now()"), \([1, 2] as [UInt8])"
        #expect(sql.text == "select now(), $1")
        #expect(sql.binds == [.binary([1, 2])])
    }

    private struct Question: Sendable {
        let id: Int
        let name: String?
    }

    @Test func `a template is the statement it reads as, with the binds of each value`() {
        let filter: SQLTemplate<Question> = "name = \(\.name) or id > \(\.id)"
        let template: SQLTemplate<Question> = "select a from t where id = \(\.id) and (\(fragment: filter)) limit 1"
        for question in [Question(id: 7, name: "x"), Question(id: 8, name: nil)] {
            let written: SQL = """
                select a from t where id = \(question.id) and (name = \(question.name) or id > \(question.id)) limit 1
                """
            #expect(template.with(question).text == written.text)
            #expect(template.with(question).binds == written.binds)
        }
        let plain: SQLTemplate<Question> = "select 1"
        #expect(plain.with(Question(id: 1, name: nil)).text == "select 1")
    }

    @Test func `printing shows no value`() {
        let sql: SQL = "select \("hush")"
        var dumped = ""
        dump(sql, to: &dumped)
        for text in ["\(sql)", String(reflecting: sql), dumped] { #expect(!text.contains("hush")) }
    }

    @Test func `printing a configuration shows no password`() {
        let configuration = PostgresConfiguration(url: "postgresql://u:hush@h/d", applicationName: "a")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] { #expect(!text.contains("hush")) }
    }
}
