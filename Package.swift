// swift-tools-version: 6.2
import PackageDescription

/// Targets that touch packet bytes: every unsafe construct must be spelled out (SE-0458) and every warning is an error.
let engine: [SwiftSetting] = [
    .strictMemorySafety(), .enableExperimentalFeature("Lifetimes"), .treatAllWarnings(as: .error),
]
let edge: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "lippycat",
    products: [
        .executable(name: "lc", targets: ["lc"]), .library(name: "LippycatEngine", targets: ["Engine"]),
        .library(name: "LippycatService", targets: ["Service"]),
        // For the package Fuzzing, which checks what the tests check.
        .library(name: "LippycatTestSupport", targets: ["TestSupport"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Without the trait it needs no Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        // Its core only, for the status service; without the traits it needs no whole Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    ],
    // Each names all modules that it imports: of others, an incremental build does not notice when their types change.
    targets: [
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CYaml", providers: [.apt(["libyaml-dev"])]),
        // Of the kernel's interface what glibc gives Swift no function for; nothing is linked.
        .systemLibrary(name: "CLinux"),
        // Instructions that Swift has no word for; nothing is linked.
        .systemLibrary(name: "CProcessor"),

        // The pure targets: no Foundation, no libpcap, no clock, no file, no log.
        .target(name: "Tables", dependencies: ["CProcessor", "CLinux"], swiftSettings: engine),
        .target(name: "PacketDecoding", swiftSettings: engine),
        .target(name: "Reassembly", dependencies: ["PacketDecoding"], swiftSettings: engine),
        .target(name: "SIP", dependencies: ["PacketDecoding"], swiftSettings: engine),
        .target(name: "HEP", dependencies: ["PacketDecoding"], swiftSettings: engine),
        .target(name: "RTP", dependencies: ["PacketDecoding"], swiftSettings: engine),
        .target(name: "Calls", dependencies: ["PacketDecoding", "SIP", "RTP", "Tables"], swiftSettings: engine),

        // The shell around them.
        .target(name: "Archive", dependencies: ["Calls", "PacketDecoding", "Tables"], swiftSettings: engine),
        .target(
            name: "Sealing", dependencies: ["CZlib", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: edge),
        .target(
            name: "Capture", dependencies: ["PacketDecoding", "HEP", "Tables", "CPcap", "CZlib"], swiftSettings: engine),
        .target(
            name: "Engine",
            dependencies: [
                "Tables", "PacketDecoding", "Reassembly", "SIP", "HEP", "RTP", "Calls", "Archive", "Capture",
            ],
            swiftSettings: engine),
        .target(
            name: "Service",
            dependencies: [
                "Engine", "Archive", "Capture", "Calls", "PacketDecoding", "Sealing", "CYaml", "CLinux",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: edge,
            // Statically, so that `lc` needs no shared library beyond libpcap, zlib and the libc family.
            linkerSettings: [.linkedLibrary(":libyaml.a")]),
        // The status service over HTTP: what of it is asked and answered is in `Service`, so that only this needs SwiftNIO.
        .target(
            name: "Status",
            dependencies: [
                "Service", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: edge),
        .executableTarget(
            name: "lc",
            dependencies: ["Service", "Status", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: edge),

        // What several test targets need.
        .target(
            name: "TestSupport", dependencies: ["PacketDecoding", "SIP"], path: "Tests/Support", swiftSettings: edge),
        .testTarget(name: "PacketDecodingTests", dependencies: ["PacketDecoding", "TestSupport"]),
        .testTarget(name: "ReassemblyTests", dependencies: ["Reassembly", "PacketDecoding", "TestSupport"]),
        .testTarget(name: "SIPTests", dependencies: ["SIP", "PacketDecoding", "TestSupport"]),
        .testTarget(name: "HEPTests", dependencies: ["HEP", "PacketDecoding"]),
        .testTarget(name: "RTPTests", dependencies: ["RTP", "TestSupport"]),
        .testTarget(name: "CallsTests", dependencies: ["Calls", "PacketDecoding", "RTP", "SIP"]),
        .testTarget(name: "ArchiveTests", dependencies: ["Archive", "PacketDecoding", "TestSupport"]),
        .testTarget(name: "SealingTests", dependencies: ["Sealing", "CZlib"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "PacketDecoding", "CPcap", "CZlib"]),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Engine", "Archive", "Calls", "Capture", "PacketDecoding", "RTP", "SIP", "Tables", "TestSupport",
            ]),
        .testTarget(name: "ServiceTests", dependencies: ["Service", "Engine", "Archive", "Calls", "PacketDecoding"]),
        .testTarget(name: "CommandTests", dependencies: ["lc"]),
    ],
    swiftLanguageModes: [.v6]
)
