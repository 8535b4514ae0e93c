import Testing

@testable import PipedriveSandbox

@Suite struct SampleTests {
    @Test func `the same seed gives the same company and another seed another`() throws {
        let first = try SampleState.make(personCount: 320, seed: 1)
        let second = try SampleState.make(personCount: 320, seed: 1)
        let other = try SampleState.make(personCount: 320, seed: 2)
        for entity in [Entity.deal, .person, .organization, .product, .dealProduct, .discount, .lead] {
            #expect(first[entity].records.map(\.encoded) == second[entity].records.map(\.encoded))
        }
        #expect(first[.person].records.map(\.encoded) != other[.person].records.map(\.encoded))
    }

    @Test func `the sample has every case the product must cope with`() throws {
        let state = try SampleState.make(personCount: 320, seed: 1)
        let persons = state[.person].records
        let deals = state[.deal].records
        #expect(persons.count == 320)
        #expect(state[.organization].count >= 120)
        #expect(state[.product].count >= 60)
        #expect(deals.count >= 40)
        let addresses = persons.flatMap { ($0["emails"].list ?? []).compactMap { $0["value"].text } }
        #expect(Set(addresses).count < addresses.count)
        #expect(addresses.contains { $0.hasPrefix("info@") })
        #expect(persons.contains { $0["emails"] == [] })
        #expect(persons.contains { ($0["emails"].list ?? []).count > 1 })
        #expect(persons.contains { $0["name"].text?.utf8.contains { $0 > 127 } == true })
        let products = state[.product].records
        #expect(Set(products.compactMap { $0["tax"].whole }) == [0, 9, 21])
        #expect(
            products.allSatisfy { Set(($0["prices"].list ?? []).compactMap { $0["currency"].text }) == ["EUR", "USD"] })
        #expect(deals.contains { $0["person_id"].isNull && $0["org_id"].isNull })
        #expect(deals.contains { !$0["person_id"].isNull && $0["org_id"].isNull })
        #expect(deals.contains { $0["person_id"].isNull && !$0["org_id"].isNull })
        #expect(deals.contains { state.lines(of: $0.id).isEmpty && $0["value"].decimal ?? 0 > 0 })
        #expect(Set(deals.compactMap { $0["pipeline_id"].whole }) == [1, 2])
        let lines = state[.dealProduct].records
        #expect(Set(lines.compactMap { $0["tax_method"].text }) == ["exclusive", "inclusive"])
        #expect(
            Set(lines.filter { $0["discount"] != 0 }.compactMap { $0["discount_type"].text }) == [
                "amount", "percentage",
            ])
        #expect(Set(state[.discount].records.compactMap { $0["type"].text }) == ["amount", "percentage"])
        #expect(state.stages(of: 1).first?["name"] == "Kwalificatie")
    }
}
