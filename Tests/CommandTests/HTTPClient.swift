import Foundation

/// The bytes that a server answers to exactly these bytes; nothing is made right that the test makes wrong.
enum HTTPClient {
    enum Place {
        case socket(String)
        case loopback(UInt16)
    }

    struct Reply {
        var code: Int
        var head: String
        var body: Data
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Asks with a whole request, and reads until the server closes.
    static func get(_ target: String, _ place: Place, _ headers: String = "") throws -> Reply? {
        try reply(exchange("GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n", place))
    }

    static func reply(_ bytes: Data) -> Reply? {
        guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count > 1, let code = Int(words[1]) else { return nil }
        return Reply(code: code, head: head, body: bytes[end.upperBound...])
    }

    /// Sends, then reads until the server closes or so many seconds have passed.
    static func exchange(_ request: String, _ place: Place, seconds: Int = 10) throws -> Data {
        let descriptor = try connected(place)
        defer { close(descriptor) }
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(request.utf8)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return answer }
            answer.append(contentsOf: buffer[..<count])
        }
    }

    static func connected(_ place: Place) throws -> Int32 {
        let status: Int32
        let descriptor: Int32
        switch place {
        case .socket(let path):
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            status = withSocketAddress(sockaddr_un(path: path)) { connect(descriptor, $0, $1) }
        case .loopback(let port):
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            status = withSocketAddress(sockaddr_in(loopback: port)) { connect(descriptor, $0, $1) }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
        return descriptor
    }
}
