// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "Benchmarks",
    products: [
        .executable(name: "lcgen", targets: ["lcgen"]),
        .executable(name: "lccheck", targets: ["lccheck"]),
    ],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: [
        // Packets, SIP text, RTP streams, TCP connections and the truth about them.
        .target(name: "Traffic", swiftSettings: strict),
        // What is generated: one file per family of scenarios.
        .target(name: "Scenarios", dependencies: ["Traffic"], swiftSettings: strict),
        // Comparing a sniffer's output with the truth.
        .target(name: "Checking", dependencies: ["Traffic"], swiftSettings: strict),
        .executableTarget(
            name: "lcgen", dependencies: ["Scenarios", "Traffic", argumentParser], swiftSettings: strict),
        .executableTarget(name: "lccheck", dependencies: ["Checking", argumentParser], swiftSettings: strict),
        .testTarget(name: "TrafficTests", dependencies: ["Traffic"]),
        .testTarget(name: "ScenariosTests", dependencies: ["Scenarios", "Traffic", "Checking"]),
    ],
    swiftLanguageModes: [.v6]
)
