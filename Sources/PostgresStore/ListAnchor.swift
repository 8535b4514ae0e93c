internal import Domain
import FoundationEssentials
import Postgres

/// A place in a long list with the number of rows before it: from there on a page far down is a page near.
struct ListAnchor {
    /// How many rows stand before it.
    let rank: Int
    /// The row there, or where one was: a document's time as the server writes it, to the microsecond, or a name.
    let time: String?
    let name: String?
    let id: UUID

    /// Offsets below this are passed over in the index: that costs less than a millisecond.
    private static let nearby = 2000

    /// The last anchor at or before an offset; nil for pages near the beginning, for lists that have none, and while one
    /// changes in bulk. `state` is nil for the whole of a list.
    static func before(
        offset: Int, of list: String, state: String?, company: Company.ID, _ connection: PostgresConnection
    ) throws -> ListAnchor? {
        guard offset >= nearby else { return nil }
        // An anchor's rank can have moved by no more than all that changed since it was counted.
        return try connection.query(
            """
            with line as materialized (
                select change, at_time, at_name, at_id from books.list_change
                where company_id = \(company) and list = \(list) and not is_anchored
                    and (\(state)::text is null or state = \(state))
            )
            select a.rank + d.change as rank, a.at_time::text as at_time, a.at_name, a.at_id
            from books.list_anchor a
            cross join lateral (
                select coalesce(sum(l.change), 0)::bigint as change from line l
                where books.is_before(l.at_time, l.at_name, l.at_id, a.at_time, a.at_name, a.at_id)) d
            where a.company_id = \(company) and a.list = \(list) and a.state = coalesce(\(state), '')
                and a.rank <= \(offset) + (select coalesce(sum(abs(change)), 0)::bigint from line)
                and a.rank + d.change <= \(offset)
                and not exists (select from line where at_id is null)
            order by a.rank desc limit 1
            """
        ).first.map { row in
            ListAnchor(
                rank: try row.int("rank"), time: try row.optionalString("at_time"),
                name: try row.optionalString("at_name"), id: try row.uuid("at_id"))
        }
    }

    /// The rows at the anchor and after it, in a list of documents, newest first.
    var documents: SQL {
        "created_at <= \(time)::timestamptz and (created_at < \(time)::timestamptz or id >= \(id))"
    }

    /// The rows at the anchor and after it, in a list by name.
    var named: SQL {
        "(name_key, id) >= (\(name), \(id))"
    }
}
