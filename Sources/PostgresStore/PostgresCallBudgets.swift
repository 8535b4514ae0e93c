internal import Domain
import Postgres

struct PostgresCallBudgets: CallBudgetStore {
    let connection: PostgresConnection
    let access: StorageAccess

    // Where no answer has said a limit yet, runs keep to the smallest plan's; what is promised within a minute goes.
    private static let smallestCallLimit = 80
    private static let smallestDayLimit = 30_000

    /// A bucket of a fifth of the limit that fills up at two fifths per second: no two seconds see more than the limit,
    /// wherever they begin. All times are the database's.
    func take(
        calls: Int, spent tokens: Int, as urgency: CallUrgency, reading: BudgetReading
    ) throws -> CallSlice {
        let company = try access.company()
        let isPatient = urgency == .sync
        let row = try connection.query(
            """
            insert into pipedrive.call_budget as b (
                company_id, call_limit, day_limit, day_left, day_seen_at, day_spent)
            values (
                \(company), \(reading.callLimit)::integer, \(reading.dayLimit)::integer, \(reading.dayLeft)::integer,
                case when \(reading.dayLeft)::integer is not null then clock_timestamp() end, \(tokens)::integer)
            on conflict (company_id) do update set
                call_limit = coalesce(\(reading.callLimit)::integer, b.call_limit),
                day_limit = coalesce(\(reading.dayLimit)::integer, b.day_limit),
                day_left = case
                    when \(reading.dayLeft)::integer is not null then \(reading.dayLeft)::integer
                    when b.day_seen_at at time zone 'UTC' < date_trunc('day', clock_timestamp() at time zone 'UTC')
                    then null else b.day_left - \(tokens)::integer end,
                day_seen_at = case when \(reading.dayLeft)::integer is null then b.day_seen_at
                    else clock_timestamp() end,
                day = (clock_timestamp() at time zone 'UTC')::date,
                day_spent = \(tokens)::integer
                    + case when b.day = (clock_timestamp() at time zone 'UTC')::date then b.day_spent else 0 end
            -- A crash of the server may forget the calls of its last second.
            returning set_config('synchronous_commit', 'off', true),
                coalesce(call_limit, case when \(isPatient)::boolean then \(Self.smallestCallLimit)::integer end)
                    as call_limit,
                -- Of a day of which no answer has told yet all is left but what we spent.
                coalesce(
                    day_left, case when \(isPatient)::boolean
                        then coalesce(day_limit, \(Self.smallestDayLimit)::integer) - day_spent end)
                    <= \(fragment: try dayReserve(urgency)) * coalesce(day_limit, \(Self.smallestDayLimit)::integer)
                    as is_day_over,
                calls_left, extract(epoch from clock_timestamp() - filled_at)::double precision as seconds
            """
        ).first.orMissing("call_budget")
        let limit = try row.optionalInt("call_limit")
        if try row.optionalBool("is_day_over") == true {
            return CallSlice(calls: 0, waitSeconds: 900, isDayOver: true, callLimit: limit)
        }
        guard let limit else { return CallSlice(calls: calls) }
        let (size, perSecond) = (Double(limit) * 0.2, Double(limit) * 0.4)
        let left = min(size, try row.double("calls_left") + perSecond * max(0, try row.double("seconds")))
        let free = left - urgency.callReserve * size
        let granted = min(Double(calls), max(0, free.rounded(.down)))
        guard granted >= 1 else {
            return CallSlice(calls: 0, waitSeconds: (1 - free) / perSecond, callLimit: limit)
        }
        try connection.execute(
            """
            update pipedrive.call_budget set calls_left = \(left - granted), filled_at = clock_timestamp()
            where company_id = \(company)
            """)
        return CallSlice(calls: Int(granted), callLimit: limit)
    }

    /// What runs leave of the day to others is a person's choice.
    private func dayReserve(_ urgency: CallUrgency) throws -> SQL {
        guard urgency == .sync else { return "\(urgency.dayReserve)::double precision" }
        return """
            coalesce((
                select s.reserve_percent from pipedrive.settings s where s.company_id = \(try access.company())) / 100.0,
                \(urgency.dayReserve))::double precision
            """
    }
}
