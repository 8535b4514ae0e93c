internal import Domain
import FoundationEssentials
import Postgres

struct PostgresKeptAnswers: KeptAnswerStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func claim(keyHash: [UInt8], requestHash: [UInt8]) throws -> KeptAnswer? {
        let company = try access.company()
        try connection.execute(
            """
            delete from books.kept_answer where company_id = \(company) and key_hash = \(keyHash)
                and created_at < clock_timestamp() - make_interval(secs => \(KeptAnswer.retentionSeconds))
            """)
        if try insert(company, keyHash, requestHash) { return nil }
        let row = try connection.query(
            """
            select request_hash, status, location, body from books.kept_answer
            where company_id = \(company) and key_hash = \(keyHash)
            """
        ).first.orMissing("kept_answer")
        guard try row.bytes("request_hash") == requestHash else {
            throw Refusal(
                .invalid, "This Idempotency-Key was used for another request.",
                fields: ["Idempotency-Key": "was used for another request"])
        }
        return KeptAnswer(
            status: try row.int("status"), location: try row.optionalString("location"),
            body: try row.optionalBytes("body") ?? [])
    }

    // The first of two requests holds the key's row until it commits; the second waits for that, but not for ever.
    private func insert(_ company: Company.ID, _ keyHash: [UInt8], _ requestHash: [UInt8]) throws -> Bool {
        do {
            try connection.execute("set local lock_timeout = '5s'")
            let count = try connection.execute(
                """
                insert into books.kept_answer (company_id, key_hash, request_hash)
                values (\(company), \(keyHash), \(requestHash)) on conflict do nothing
                """)
            try connection.execute("set local lock_timeout = 0")
            return count == 1
        } catch let error as PostgresError where error.isLockTimeout {
            throw Refusal(
                .conflict, "A request with this Idempotency-Key is still in progress.",
                fields: ["Idempotency-Key": "is in use by a request in progress"])
        }
    }

    func keep(_ answer: KeptAnswer, keyHash: [UInt8]) throws {
        try connection.execute(
            """
            update books.kept_answer set status = \(answer.status), location = \(answer.location),
                body = \(answer.body)
            where company_id = \(try access.company()) and key_hash = \(keyHash)
            """)
    }

    func forget(now: Date?) throws -> Int {
        try connection.query(
            """
            select books.forget_answers(coalesce(\(now)::timestamptz, clock_timestamp())
                - make_interval(secs => \(KeptAnswer.retentionSeconds))) as forgotten
            """
        ).first?.int("forgotten") ?? 0
    }
}
