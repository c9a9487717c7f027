import TestSupport

@testable import Service

extension FuzzTarget {
    /// A configuration file: read and checked, or refused with a place and a reason.
    static func configuration(_ bytes: [UInt8]) {
        do {
            let file = try ConfigurationFile(path: "fuzz.yaml", bytes: bytes)
            for setting in try FileSettings(table: SettingTable.all, path: file.path).settings(in: file.root) {
                _ = try setting.value()
            }
        } catch let error {
            require(!error.what.isEmpty && error.exitStatus == .configuration, "an error without a reason")
        }
        let text = String(decoding: bytes.prefix(64), as: UTF8.self)
        _ = try? DurationText.parse(text)
        _ = try? SizeText.parse(text)
        _ = try? InstantText.parse(text)
        _ = try? PortText.range(text)
    }
}
