@testable import PipedriveSandbox

/// A place where the sandbox leaves the OpenAPI files on purpose.
struct KnownException: Sendable {
    let place: String
    /// The schema reason that is accepted, as `SchemaCheck` words it; the prefix is enough.
    let finding: String
    let why: String
    /// The end of the only route that it is about; nil for every route.
    var route: String?

    func covers(_ place: String, _ reason: String, of route: String) -> Bool {
        self.place == place && reason.hasPrefix(finding) && (self.route.map { route.hasSuffix($0) } ?? true)
    }

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
                why: "null at the end of every list, as the migration guide says"),
            KnownException(
                place: ".data.id", finding: "not integer", why: "a discount's id is a UUID on every other route",
                route: "/discounts/{discount_id}"),
        ] + searchNumbers
        + ["add_time", "update_time"].map {
            KnownException(
                place: ".data[].\($0)", finding: "not date-time", why: "the file's own example has version 1's form",
                route: "/leadFields")
        }

    /// Searches, whose schemas have whole numbers where the entities' own have amounts and texts.
    private static let searchNumbers = [
        KnownException(
            place: ".data.items[].item.code", finding: "not integer", why: "a product's code is a text elsewhere",
            route: "/products/search"),
        KnownException(
            place: ".data.items[].item.value", finding: "not integer", why: "an amount, or null without one"),
        KnownException(place: ".data.items[].item.currency", finding: "not string", why: "null without a value"),
        KnownException(
            place: ".data.items[].item.cc_email", finding: "unknown", why: "comes when include_fields asks for it"),
    ]

    /// What a note may belong to, and the names that come with it.
    private static let noteLinks =
        ["lead_id", "deal_id", "project_id", "task_id", "organization", "person", "deal", "user.icon_url"]
        .flatMap { [".data.\($0)", ".data[].\($0)"] }

    private static let searchLinks = [
        ".data.items[].item.organization", ".data.items[].item.person", ".data.items[].item.address",
    ]

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
