import Archive
import Calls

/// What the placeholders of a command stand for. What comes from the network is made harmless as in file names, so that it is
/// no option, no file to read and no code, whatever the command does with it.
enum HookValues {
    static func pcap(_ path: String, in directory: String) -> [String: String] {
        ["pcap": joined(directory, path)]
    }

    static func voip(_ call: CallRecord, in directory: String?) -> [String: String] {
        var values = [
            "callid": harmless(call.callID), "caller": harmless(call.from.user ?? ""),
            "called": harmless(call.to.user ?? ""),
            "calldate": call.startTime.map(InstantText.format) ?? "",
        ]
        if let directory {
            let folder = call.files.first.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } }
            values["dirname"] = folder.map { joined(directory, $0) } ?? directory
        }
        return values
    }

    private static func harmless(_ text: String) -> String {
        text.isEmpty ? "" : String(decoding: SafeName.argument(Array(text.utf8)), as: UTF8.self)
    }

    private static func joined(_ directory: String, _ path: String) -> String {
        directory.hasSuffix("/") ? directory + path : directory + "/" + path
    }
}
