// swift-tools-version: 6.2
import PackageDescription

// Built by scripts/fuzz with libFuzzer and AddressSanitizer, and with testing enabled so that internal parsers are reached.
let package = Package(
    name: "Fuzzing",
    products: [.executable(name: "lcfuzz", targets: ["lcfuzz"])],
    dependencies: [.package(name: "lippycat", path: "..")],
    targets: [
        .executableTarget(
            name: "lcfuzz",
            dependencies: [
                .product(name: "LippycatEngine", package: "lippycat"),
                .product(name: "LippycatService", package: "lippycat"),
                .product(name: "LippycatTestSupport", package: "lippycat"),
            ],
            // libFuzzer has the main function.
            swiftSettings: [.treatAllWarnings(as: .error), .unsafeFlags(["-parse-as-library"])])
    ],
    swiftLanguageModes: [.v6]
)
