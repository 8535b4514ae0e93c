import Testing

@testable import PipedriveSandbox

@Suite struct ListingTests {
    private func ids(_ answer: TestSandbox.Answer) -> [Int] { (answer.data.list ?? []).compactMap { $0["id"].whole } }

    @Test(arguments: ["", "&sort_by=update_time&sort_direction=asc", "&sort_by=add_time&sort_direction=desc"])
    func `walking by cursor gives every person once and ends with null`(sort: String) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        var seen: [Int] = []
        var cursor: String?
        var pageCount = 0
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await test.call("GET", "/api/v2/persons?limit=70\(sort)\(next)", token: token)
            #expect(page.status == 200)
            seen += ids(page)
            cursor = page.nextCursor
            pageCount += 1
        } while cursor != nil && pageCount < 10
        #expect(pageCount == 5)
        #expect(seen.count == 320)
        #expect(Set(seen) == Set(1...320))
    }

    @Test func `a list sorted by update time ascends and starts at the time asked for`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let all = try await test.call("GET", "/api/v2/persons?limit=500&sort_by=update_time", token: token)
        let times = (all.data.list ?? []).compactMap { $0["update_time"].text }
        #expect(times == times.sorted())
        let since = times[200]
        let later = try await test.call(
            "GET", "/api/v2/persons?limit=500&sort_by=update_time&updated_since=\(since)", token: token)
        #expect(later.data.list?.compactMap { $0["update_time"].text } == times.filter { $0 >= since })
    }

    @Test func `a record changed while walking by update time comes again at the end`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let first = try await test.call("GET", "/api/v2/products?limit=10&sort_by=update_time", token: token)
        let changed = try #require(ids(first).first)
        _ = try await test.call("PATCH", "/api/v2/products/\(changed)", ["name": "Anders"], token: token)
        let rest = try await test.call(
            "GET", "/api/v2/products?limit=500&sort_by=update_time&cursor=\(first.nextCursor ?? "")", token: token)
        #expect(ids(rest).last == changed)
        #expect(ids(rest).count == 55)
    }

    @Test(arguments: [
        "limit=0", "limit=501", "limit=x", "cursor=%21%21", "cursor=e30", "sort_by=title", "sort_direction=up",
        "updated_since=yesterday", "ids=1,x", "updated_since=2026-01-01",
    ])
    func `a wrong parameter is refused`(query: String) async throws {
        let test = try TestSandbox()
        let answer = try await test.call("GET", "/api/v2/persons?\(query)", token: try await test.signIn())
        #expect(answer.status == 400)
        #expect(answer.json["success"] == false)
        #expect(answer.json["error"].text?.contains(query.prefix { $0 != "=" }) == true)
    }

    @Test func `a cursor of another order is refused`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let cursor = try await test.call("GET", "/api/v2/persons?limit=1", token: token).nextCursor ?? ""
        let answer = try await test.call("GET", "/api/v2/persons?sort_by=update_time&cursor=\(cursor)", token: token)
        #expect(answer.status == 400)
    }

    @Test func `missing ids are left out and more than a hundred are refused`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        #expect(ids(try await test.call("GET", "/api/v2/organizations?ids=3,1,99999", token: token)) == [1, 3])
        let many = (1...101).map { String($0) }.joined(separator: ",")
        #expect(try await test.call("GET", "/api/v2/organizations?ids=\(many)", token: token).status == 400)
    }

    @Test func `deals are filtered by stage, status and pipeline`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let open = try await test.call("GET", "/api/v2/deals?pipeline_id=1&stage_id=2&status=open", token: token)
        let list = try #require(open.data.list)
        #expect(!list.isEmpty)
        #expect(list.allSatisfy { $0["stage_id"] == 2 && $0["status"] == "open" && $0["pipeline_id"] == 1 })
        #expect(try await test.call("DELETE", "/api/v2/deals/1", token: token).data == ["id": 1])
        let deleted = try await test.call("GET", "/api/v2/deals?status=deleted", token: token)
        #expect(ids(deleted) == [1])
        #expect(try await test.call("GET", "/api/v2/deals?ids=1", token: token).data == [])
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).data["is_deleted"] == true)
        #expect(try await test.call("GET", "/api/v2/deals?status=gone", token: token).status == 400)
    }

    @Test func `what its owner keeps private is hidden from a colleague but not from an administrator`() async throws {
        let test = try TestSandbox()
        let admin = try await test.signIn(userID: 1)
        let colleague = try await test.signIn(userID: 2)
        let made = try await test.call("POST", "/api/v2/deals", ["title": "Stil", "visible_to": 1], token: admin)
        let id = try #require(made.data["id"].whole)
        #expect(ids(try await test.call("GET", "/api/v2/deals?ids=\(id)", token: admin)) == [id])
        #expect(ids(try await test.call("GET", "/api/v2/deals?ids=\(id)", token: colleague)) == [])
        #expect(try await test.call("GET", "/api/v2/deals/\(id)", token: colleague).status == 404)
    }

    @Test func `stages come in the order of their pipeline`() async throws {
        let test = try TestSandbox()
        let answer = try await test.call(
            "GET", "/api/v2/stages?pipeline_id=1&sort_by=order_nr", token: try await test.signIn())
        #expect(
            answer.data.list?.compactMap { $0["name"].text } == [
                "Kwalificatie", "Contact gelegd", "Voorstel", "Onderhandeling", "Afronding",
            ])
    }

    @Test func `notes are paged by start and newest first when asked`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        for number in 1...3 {
            test.advance(seconds: 1)
            let note: JSON = ["deal_id": 1, "content": .string("nr \(number)")]
            #expect(try await test.call("POST", "/api/v1/notes", note, token: token).status == 200)
        }
        let page = try await test.call(
            "GET", "/api/v1/notes?deal_id=1&limit=2&sort=add_time%20DESC", token: token)
        #expect(page.data.list?.compactMap { $0["content"].text } == ["nr 3", "nr 2"])
        let pagination = page.json["additional_data"]["pagination"]
        #expect(pagination["more_items_in_collection"] == true)
        #expect(pagination["next_start"] == 2)
    }
}
