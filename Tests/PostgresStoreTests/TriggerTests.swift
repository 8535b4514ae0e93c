import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct TriggerTests {
    private static func trigger(_ stages: Int64..., id: QuoteTrigger.ID = QuoteTrigger.ID(UUID())) -> QuoteTrigger {
        QuoteTrigger(
            id: id, pipelineID: Pipeline.ID(3), stageIDs: Set(stages.map { Stage.ID($0) }), language: "de",
            validityDays: 14, instructions: "Kort", unmetNeeds: .remark)
    }

    @Test func `triggers come back as they were saved, and are seen by their company only`() throws {
        try withStores { stores throws in
            let saved = Self.trigger(9, 4)
            try stores.web { try $0.triggers.save(saved) }
            var read = try #require(try stores.cron { try $0.triggers.triggers() }.first)
            #expect(Set(read.since.keys) == saved.stageIDs, "the store keeps since when each stage asks")
            read.since = [:]
            #expect(read == saved)
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.triggers.triggers() }.isEmpty)
            #expect(try stores.web(other) { try $0.triggers.delete(saved.id) } == false)
            #expect(try stores.web { try $0.triggers.delete(saved.id) })
            #expect(try stores.web { try $0.triggers.triggers() }.isEmpty)
        }
    }

    @Test func `a stage belongs to one trigger, also when two people save at once`() throws {
        try withStores { stores throws in
            let results = race(4) { number in
                try stores.web { try $0.triggers.save(Self.trigger(1, Int64(number) + 10)) }
            }
            #expect(results.filter { $0.failure == nil }.count == 1)
            #expect(results.compactMap { $0.failure as? Refusal }.allSatisfy { $0.code == .conflict })
            #expect(try stores.web { try $0.triggers.triggers() }.count == 1)
        }
    }

    @Test func `only what is new to a trigger, or was off, counts from now on`() throws {
        try withStores { stores throws in
            func since(_ trigger: QuoteTrigger) throws -> [Stage.ID: Date] {
                try stores.web { try $0.triggers.save(trigger) }
                return try stores.web { try $0.triggers.triggers() }.first?.since ?? [:]
            }
            var trigger = Self.trigger(2)
            let first = try since(trigger)
            trigger.stageIDs.insert(Stage.ID(3))
            let second = try since(trigger)
            #expect(second[Stage.ID(2)] == first[Stage.ID(2)])
            #expect(try #require(second[Stage.ID(3)]) > #require(first[Stage.ID(2)]))
            trigger.isOn = false
            #expect(try since(trigger) == second)
            trigger.isOn = true
            #expect(try #require(try since(trigger)[Stage.ID(2)]) > #require(second[Stage.ID(3)]))
        }
    }

    @Test func `a stage that is gone keeps its name where a trigger chose it`() throws {
        try withStores { stores throws in
            func pipeline(_ stages: Int64...) -> Pipeline {
                Pipeline(
                    id: Pipeline.ID(3), name: "P", stages: stages.map { Stage(id: Stage.ID($0), name: "S\($0)") })
            }
            try stores.cron { try $0.settings.save(pipelines: [pipeline(1, 2, 4)]) }
            try stores.web { try $0.triggers.save(Self.trigger(2)) }
            try stores.cron { try $0.settings.save(pipelines: [pipeline(4)]) }
            let stages = try stores.web { try $0.settings.pipelines() }.flatMap(\.stages)
            #expect(
                Set(stages) == [
                    Stage(id: Stage.ID(4), name: "S4"), Stage(id: Stage.ID(2), name: "S2", isDeleted: true),
                ])
            try stores.cron { try $0.settings.save(pipelines: [pipeline(2, 4)]) }
            #expect(try stores.web { try $0.settings.pipelines() } == [pipeline(2, 4)])
        }
    }
}
