@testable import PipedriveSandbox

/// A place where the sandbox leaves the OpenAPI files on purpose.
struct KnownException: Sendable {
    let place: String
    /// The schema reason that is accepted, as `SchemaCheck` words it; the prefix is enough.
    let finding: String
    let why: String

    static let all: [KnownException] =
        (emptyLinks + noteLinks + searchLinks).map {
            KnownException(
                place: $0, finding: "not ",
                why: "null where nothing is linked or filled in; the type in the file lacks nullable")
        }
        + exampleExtras.map {
            KnownException(place: $0, finding: "unknown", why: "in the file's example though not in its schema")
        }
        + [

            KnownException(
                place: ".additional_data.next_cursor", finding: "not string",
                why: "null at the end of every list, as the migration guide says")
        ]

    /// What a note may belong to, and the names that come with it.
    private static let noteLinks =
        ["lead_id", "deal_id", "project_id", "task_id", "organization", "person", "deal", "user.icon_url"]
        .flatMap { [".data.\($0)", ".data[].\($0)"] }

    private static let searchLinks = [".data.items[].item.organization", ".data.items[].item.address"]

    private static let emptyLinks =
        ["person_id", "org_id", "won_time", "lost_time", "expected_close_date", "last_name", "picture_id", "address"]
        .flatMap { [".data.\($0)", ".data[].\($0)"] }
        + State.addressParts.flatMap { [".data.address.\($0)", ".data[].address.\($0)"] }
        + ["code", "unit", "description"].flatMap { [".data.\($0)", ".data[].\($0)"] }

    private static let exampleExtras =
        [
            "pinned_to_lead_flag", "creator_user_id", "archive_time", "local_won_date", "local_lost_date",
            "local_close_date",
        ]
        .flatMap { [".data.\($0)", ".data[].\($0)"] }
}
