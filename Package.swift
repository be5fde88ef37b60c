// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOFoundationCompat"].map {
    .product(name: $0, package: "swift-nio")
}
let httpTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypesCodec: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let webSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")

/// A library module under `Shared/`.
func shared(_ name: String, _ dependencies: [Target.Dependency] = [], plus: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: settings + plus)
}

/// A C library from Debian, made importable by a module map.
func system(_ name: String, pkgConfig: String?, debian: String) -> Target {
    .systemLibrary(name: name, path: "Shared/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// One process: a library that tests can boot, and the executable around it.
func service(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> [Target] {
    let base: [Target.Dependency] = ["Domain", "Messaging", "Store", "Runtime"]
    return [
        .target(
            name: name, dependencies: base + dependencies, path: "Services/\(name)", exclude: ["Main"],
            resources: resources, swiftSettings: settings),
        .executableTarget(
            name: "\(name)Main", dependencies: [.byName(name: name), "Runtime"], path: "Services/\(name)/Main",
            swiftSettings: settings),
    ]
}

/// The tests of one module.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", resources: resources,
        swiftSettings: settings)
}

/// Programs that measure; built only when asked for.
func benchmarks(_ list: [(name: String, folder: String, dependencies: [Target.Dependency])]) -> [Target] {
    list.map {
        .executableTarget(
            name: $0.name, dependencies: $0.dependencies, path: "Benchmarks/\($0.folder)", swiftSettings: settings)
    }
}

let package = Package(
    name: "alert-whisperer",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "aw-console", targets: ["ConsoleMain"]),
        .executable(name: "aw", targets: ["CommandMain"]),
        .executable(name: "aw-correlator", targets: ["CorrelatorMain"]),
        .executable(name: "aw-ingest", targets: ["IngestMain"]),
        .executable(name: "aw-slawatch", targets: ["SLAWatchMain"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        system("CLibPQ", pkgConfig: "libpq", debian: "libpq-dev"),
        // Without pkg-config, whose file for libzmq has flags that SwiftPM warns of; the module map links it.
        system("CZeroMQ", pkgConfig: nil, debian: "libzmq3-dev"),
        shared("Domain"),
        shared("Messaging", ["Domain"]),
        shared("Postgres", ["CLibPQ", lifecycle, logging]),
        shared("ZeroMQ", ["CZeroMQ", lifecycle, logging]),
        shared("Secrets", [crypto, cryptoExtras]),
        shared("Sources", ["Domain"]),
        shared("HTTPServing", [hummingbird, hummingbirdCore, httpTypes, httpTypesCodec, logging, webSocket] + nio),
        shared("Runtime", ["Domain", "HTTPServing", configuration, hummingbird, lifecycle, logging, metrics]),
        .target(
            name: "Store",
            dependencies: [
                "Domain", "HTTPServing", "Messaging", "Postgres", "Runtime", "Secrets", "ZeroMQ", crypto, lifecycle,
                logging, metrics,
            ],
            path: "Shared/Store", resources: [.embedInCode("Migrations")], swiftSettings: settings),
        tests("Domain", ["Domain"]),
        tests("HTTPServing", ["HTTPServing", hummingbird, lifecycle, logging, nioEmbedded, webSocket] + nio),
        tests(
            "Console",
            [
                "Console", "Domain", "HTTPServing", "Postgres", "Runtime", "Secrets", "Store", "TestSupport",
                hummingbird, hummingbirdTesting, logging,
            ] + nio),
        tests("Messaging", ["Domain", "Messaging"], resources: [.copy("messages")]),
        tests("Sources", ["Domain", "Sources"]),
        tests("Command", ["Command", "Secrets", "Store", arguments]),
        tests("Runtime", ["Runtime", metrics]),
        tests("Postgres", ["Postgres", lifecycle, logging]),
        tests("Secrets", ["Secrets"]),
        tests("Store", ["Domain", "Postgres", "Store", "TestSupport"]),
        .target(
            name: "TestSupport",
            dependencies: [
                "Correlator", "Domain", "Ingest", "Postgres", "Runtime", "SLAWatch", "Secrets", "Store", httpClient,
                lifecycle, logging,
            ] + nio,
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("System", ["Domain", "Postgres", "Secrets", "Store", "TestSupport"]),
        tests("ZeroMQ", ["ZeroMQ", "CZeroMQ", lifecycle, logging]),
    ]
        + service(
            "Console",
            ["HTTPServing", "Postgres", "Secrets", "ZeroMQ", hummingbird, httpTypes, lifecycle, logging, metrics] + nio,
            resources: ["index.html", "console.css", "console.js"].map { .embedInCode("Page/\($0)") })
        + service("Command", ["Postgres", "Secrets", arguments, httpClient, logging])
        + service(
            "Ingest",
            ["HTTPServing", "Postgres", "Secrets", "Sources", "ZeroMQ", hummingbird, lifecycle, logging, metrics] + nio)
        + service("Correlator", ["HTTPServing", "Postgres", "ZeroMQ", hummingbird, lifecycle, logging, metrics])
        + service("SLAWatch", ["HTTPServing", "Postgres", "ZeroMQ", hummingbird, lifecycle, logging, metrics])
        + benchmarks([("BusBenchmark", "Bus", ["ZeroMQ", lifecycle, logging])])
)
