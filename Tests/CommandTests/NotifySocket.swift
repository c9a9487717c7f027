import Foundation

/// systemd's end of sd_notify(3).
final class NotifySocket {
    let path: String
    private let descriptor: Int32
    private(set) var messages: [String] = []

    init() throws {
        path = try Command.folder() + "/s"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard withSocketAddress(sockaddr_un(path: path), { bind(descriptor, $0, $1) }) == 0 else {
            throw POSIXError(.EIO)
        }
    }

    deinit { close(descriptor) }

    /// Takes what has come.
    func receive() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }

    func count(_ prefix: String) -> Int {
        receive()
        return messages.count { $0.hasPrefix(prefix) }
    }
}
