internal import Domain
import FoundationEssentials
import Postgres

struct PostgresTriggers: TriggerStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func triggers() throws -> [QuoteTrigger] {
        try connection.query(
            """
            select t.id, t.pipeline_id, t.is_on, t.language, t.validity_days, t.instructions, t.unmet_needs,
                array(select s.stage_id from pipedrive.trigger_stage s
                    where s.company_id = t.company_id and s.trigger_id = t.id order by s.stage_id) as stages,
                array(select (extract(epoch from s.since) * 1000000)::bigint from pipedrive.trigger_stage s
                    where s.company_id = t.company_id and s.trigger_id = t.id order by s.stage_id) as since
            from pipedrive.quote_trigger t where t.company_id = \(try access.company())
            order by t.pipeline_id, t.created_at, t.id
            """
        ).map { row in
            let stages = try row.int64s("stages").map { Stage.ID($0) }
            let since = try row.int64s("since").map { Date(timeIntervalSince1970: Double($0) / 1_000_000) }
            return QuoteTrigger(
                id: QuoteTrigger.ID(try row.uuid("id")), pipelineID: Pipeline.ID(try row.int64("pipeline_id")),
                stageIDs: Set(stages), isOn: try row.bool("is_on"), language: try row.optionalString("language"),
                validityDays: try row.int("validity_days"), instructions: try row.string("instructions"),
                unmetNeeds: try row.state("unmet_needs"),
                since: Dictionary(zip(stages, since)) { first, _ in first })
        }
    }

    func save(_ trigger: QuoteTrigger) throws {
        let company = try access.company()
        let wasOn = try connection.query(
            "select is_on from pipedrive.quote_trigger where company_id = \(company) and id = \(trigger.id) for update"
        ).first?.bool("is_on")
        try connection.execute(
            """
            insert into pipedrive.quote_trigger (
                company_id, id, pipeline_id, is_on, language, validity_days, instructions, unmet_needs)
            values (
                \(company), \(trigger.id), \(trigger.pipelineID), \(trigger.isOn), \(trigger.language),
                \(trigger.validityDays), \(trigger.instructions), \(trigger.unmetNeeds.rawValue))
            on conflict (company_id, id) do update set
                pipeline_id = excluded.pipeline_id, is_on = excluded.is_on, language = excluded.language,
                validity_days = excluded.validity_days, instructions = excluded.instructions,
                unmet_needs = excluded.unmet_needs
            """)
        let stages = trigger.stageIDs.map(\.rawValue).sorted()
        try connection.execute(
            """
            delete from pipedrive.trigger_stage
            where company_id = \(company) and trigger_id = \(trigger.id)
                and (stage_id <> all (\(stages)::bigint[]) or \(trigger.isOn && wasOn == false))
            """)
        do {
            try connection.execute(
                """
                insert into pipedrive.trigger_stage (company_id, stage_id, trigger_id)
                select \(company)::uuid, stage_id, \(trigger.id)::uuid from unnest(\(stages)::bigint[]) as stage_id
                where not exists (
                    select from pipedrive.trigger_stage s where s.company_id = \(company)::uuid
                        and s.stage_id = stage_id.stage_id and s.trigger_id = \(trigger.id)::uuid)
                """)
        } catch let error as PostgresError where error.isUniqueViolation && error.constraint == "trigger_stage_pkey" {
            throw Refusal(
                .conflict, "Another trigger has one of these stages already. A stage belongs to one trigger.",
                fields: ["stages": "are taken"])
        }
    }

    func delete(_ id: QuoteTrigger.ID) throws -> Bool {
        try connection.execute(
            "delete from pipedrive.quote_trigger where company_id = \(try access.company()) and id = \(id)") == 1
    }
}
