// swift-tools-version: 6.1
import PackageDescription

// Every target lists each module it imports, and ArrowTests holds the list against the house in README.md.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func process(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "paydock-pipedrive",
    products: [
        .executable(name: "fcgi-app", targets: ["FCGIApp"]),
        .executable(name: "nightly-sync", targets: ["NightlySync"]),
        .executable(name: "queue-drainer", targets: ["QueueDrainer"]),
        .executable(name: "paydock", targets: ["Operator"]),
        .executable(name: "pipedrive-sandbox", targets: ["PipedriveSandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        // Floor 0: C shims
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CFastCGI", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Floor 1: ground
        room("Domain"),
        room("Postgres", ["CLibPQ"]),
        room("Sodium", ["CSodium"]),
        room("FastCGI", ["CFastCGI", httpTypes, logging]),
        room("HTTPTransport", ["CCurl", httpTypes, logging]),

        // Floor 2: use cases and adapters
        room("Workflows", ["Domain", logging]),
        room(
            "PostgresStore", ["Domain", "Postgres", "Sodium", logging], resources: [.embedInCode("Migrations")]),
        room("Pipedrive", ["Domain", "HTTPTransport", httpTypes, logging]),
        room("LanguageModel", ["Domain", "HTTPTransport", httpTypes, logging]),
        room("Mail", ["Domain", logging]),

        // Floor 3: wiring
        room(
            "Bootstrap",
            [
                "Domain", "Workflows", "PostgresStore", "Pipedrive", "LanguageModel", "Mail",
                "Postgres", "Sodium", "HTTPTransport", configuration, logging,
            ]),
        room("Web", ["Domain", "Workflows", httpTypes, logging, mustache], resources: [.embedInCode("Assets")]),

        // Floor 4: processes
        process("FCGIApp", ["Bootstrap", "Web", "FastCGI", argumentParser, httpTypes, logging]),
        process("NightlySync", ["Bootstrap", "Workflows", argumentParser, logging]),
        process("QueueDrainer", ["Bootstrap", "Workflows", argumentParser, logging]),
        process("Operator", ["Bootstrap", "Workflows", "Domain", argumentParser, logging]),

        // Apart: stands in for Pipedrive, imports nothing of ours
        process("PipedriveSandbox", [argumentParser, flyingFox, flyingSocks]),

        // Tests
        .target(
            name: "DomainTestSupport", dependencies: ["Domain"], path: "Tests/DomainTestSupport",
            swiftSettings: settings),
        .target(
            name: "PostgresTestSupport", dependencies: ["Postgres"], path: "Tests/PostgresTestSupport",
            swiftSettings: settings),
        .target(
            name: "SyncStorms", dependencies: ["Domain", "DomainTestSupport", "Workflows", logging],
            path: "Tests/SyncStorms", swiftSettings: settings),
        .executableTarget(
            name: "RefreshStorm", dependencies: ["Bootstrap", "Workflows", "Domain", logging],
            path: "Tests/RefreshStorm", swiftSettings: settings),
        tests("DomainTests", ["Domain", "DomainTestSupport"]),
        tests("WorkflowsTests", ["Workflows", "Domain", "DomainTestSupport", "SyncStorms", logging]),
        tests(
            "WebTests", ["Web", "Domain", "DomainTestSupport", "Workflows", httpTypes, logging],
            exclude: ["Snapshots"]),
        tests("PostgresTests", ["Postgres", "PostgresTestSupport"]),
        tests("SodiumTests", ["Sodium"]),
        tests("FastCGITests", ["FastCGI", httpTypes]),
        tests("HTTPTransportTests", ["HTTPTransport", httpTypes]),
        tests(
            "PostgresStoreTests",
            ["PostgresStore", "Domain", "DomainTestSupport", "Postgres", "PostgresTestSupport", "Sodium"]),
        tests(
            "PipedriveTests",
            ["Pipedrive", "Domain", "DomainTestSupport", "HTTPTransport", httpTypes, yams]),
        tests("LanguageModelTests", ["LanguageModel", "Domain", "DomainTestSupport", "HTTPTransport", httpTypes]),
        tests("MailTests", ["Mail", "Domain"]),
        tests("MigrationTests", ["Postgres", "PostgresStore", "PostgresTestSupport"]),
        tests("PipedriveSandboxTests", ["PipedriveSandbox", flyingFox, yams]),
        tests("ArrowTests", []),
        tests("EndToEndTests", ["Postgres", "PostgresTestSupport"]),
    ]
)
