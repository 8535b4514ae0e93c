internal import Domain
import Postgres

struct PostgresDrainers: DrainerStore {
    let connection: PostgresConnection

    func checkIn(worker: String, held: Int, hears: Bool) throws {
        try connection.execute(
            """
            insert into queue.drainer (worker, held_count, hears) values (\(worker), \(held), \(hears))
            on conflict (worker) do update set
                seen_at = clock_timestamp(), idle_until = '-infinity', hears = excluded.hears,
                held_count = excluded.held_count
            """)
    }

    func idle(worker: String, held: Int, seconds: Double, hears: Bool) throws -> Double? {
        try connection.execute(
            """
            insert into queue.drainer (worker, held_count, idle_until, hears)
            values (
                \(worker), \(held), clock_timestamp() + make_interval(secs => \(seconds)::double precision), \(hears))
            on conflict (worker) do update set
                seen_at = clock_timestamp(), idle_until = excluded.idle_until, hears = excluded.hears,
                held_count = excluded.held_count
            """)
        return try connection.query(
            """
            select greatest(extract(epoch from due_at - clock_timestamp())::double precision, 0) as seconds
            from queue.message where state in ('scheduled', 'retryable') order by due_at limit 1
            """
        ).first?.optionalDouble("seconds")
    }

    func checkOut(worker: String) throws {
        try connection.execute(
            """
            delete from queue.drainer
            where worker = \(worker) or seen_at < clock_timestamp() - interval '5 minutes'
            """)
    }

    func raiseFloors() throws {
        _ = try connection.query("select queue.raise_floors()")
    }
}

struct PostgresRetention: RetentionStore {
    let connection: PostgresConnection

    func forget(limit: Int) throws -> Int {
        try connection.query("select queue.forget(\(limit)) as forgotten").first?.int("forgotten") ?? 0
    }
}
