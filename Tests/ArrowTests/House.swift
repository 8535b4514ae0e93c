/// Which room may import what: the table of the house.
struct House {
    /// One target's row.
    struct Room {
        /// Targets of ours.
        let ours: Set<String>
        /// Modules of packages from outside.
        let outside: Set<String>
    }

    let rooms: [String: Room]

    /// The Swift toolchain's own modules. `FoundationNetworking` is none of them: it is an HTTP client.
    static let toolchain: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Synchronization",
    ]
    static let shims: Set<String> = ["CLibPQ", "CSodium", "CFastCGI", "CCurl"]
    /// Modules that a product brings beside the one it is named after.
    static let companions = ["FlyingFox": "FlyingSocks"]
    static let vagueNames: Set<String> = ["Core", "Common", "Utils", "Helpers", "Shared"]
    static let vagueEndings = ["Manager", "Processor", "Helper", "Service"]
    static let lineLimit = 500

    /// What may be imported beside the table: `Domain` has no clock, lock or file.
    func toolchain(for module: String) -> Set<String> {
        switch module {
        case "Domain": ["FoundationEssentials"]
        // Stands apart, and calls our webhooks with the toolchain's own client.
        case "PipedriveSandbox": Self.toolchain.union(["FoundationNetworking"])
        default: Self.toolchain
        }
    }

    static let ours = House(rooms: [
        "CLibPQ": Room(ours: [], outside: []),
        "CSodium": Room(ours: [], outside: []),
        "CFastCGI": Room(ours: [], outside: []),
        "CCurl": Room(ours: [], outside: []),
        "Domain": Room(ours: [], outside: []),
        "Postgres": Room(ours: ["CLibPQ"], outside: ["Logging"]),
        "Sodium": Room(ours: ["CSodium"], outside: ["Logging"]),
        "FastCGI": Room(ours: ["CFastCGI"], outside: ["HTTPTypes", "Logging"]),
        "HTTPTransport": Room(ours: ["CCurl"], outside: ["HTTPTypes", "Logging"]),
        "Workflows": Room(ours: ["Domain"], outside: ["Logging"]),
        "PostgresStore": Room(ours: ["Domain", "Postgres", "Sodium"], outside: ["Logging"]),
        // HTTPTypes is an exception for these two: what they hand to HTTPTransport is made of its types.
        "Pipedrive": Room(ours: ["Domain", "HTTPTransport"], outside: ["HTTPTypes", "Logging"]),
        "LanguageModel": Room(ours: ["Domain", "HTTPTransport"], outside: ["HTTPTypes", "Logging"]),
        "Mail": Room(ours: ["Domain"], outside: ["Logging"]),
        "Web": Room(ours: ["Domain", "Workflows"], outside: ["HTTPTypes", "Logging", "Mustache"]),
        "Bootstrap": Room(
            ours: [
                "PostgresStore", "Pipedrive", "LanguageModel", "Mail", "Postgres", "Sodium", "HTTPTransport", "FastCGI",
                "Workflows", "Domain",
            ], outside: ["Configuration", "Logging"]),
        // HTTPTypes is an exception here too: it carries requests from FastCGI to Web.
        "FCGIApp": Room(
            ours: ["Bootstrap", "Web", "FastCGI"], outside: ["ArgumentParser", "HTTPTypes", "Logging"]),
        "NightlySync": Room(ours: ["Bootstrap", "Workflows"], outside: ["ArgumentParser", "Logging"]),
        "QueueDrainer": Room(ours: ["Bootstrap", "Workflows"], outside: ["ArgumentParser", "Logging"]),
        "Operator": Room(ours: ["Bootstrap", "Workflows", "Domain"], outside: ["ArgumentParser", "Logging"]),
        "PipedriveSandbox": Room(ours: [], outside: ["ArgumentParser", "FlyingFox", "FlyingSocks", "Logging"]),
    ])
}
