import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore
import Service

/// Makes a question of an HTTP request, and an HTTP response of the reply.
struct Responder: Sendable {
    let service: StatusService
    /// It listens at the Unix socket.
    let isSocket: Bool

    /// Bytes of a capture that are in memory at once.
    private static let pieceBytes = 64 << 10

    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        var question = StatusRequest(
            method: request.method.rawValue, target: request.head.path ?? "", peer: await peer(of: channel))
        question.host = request.head.authority
        question.authorization = request.headers[.authorization]
        question.hasBody =
            request.headers.contains(.transferEncoding)
            || request.headers[.contentLength].map { $0 != "0" } ?? false
        let reply = await service.answer(question)
        let isHead = request.method == .head
        // A body that nobody reads would be taken for the next request.
        try await write(reply, isHead, closes: question.hasBody, writer)
        if question.hasBody { try await channel.close() }
    }

    private func write(
        _ reply: StatusReply, _ isHead: Bool, closes: Bool, _ writer: consuming ResponseWriter
    ) async throws {
        var head = HTTPResponse(status: .init(code: reply.code))
        head.headerFields[.contentType] = reply.type
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { head.headerFields[name] = value }
        }
        if closes { head.headerFields[.connection] = "close" }
        switch reply.body {
        case .bytes(let bytes):
            head.headerFields[.contentLength] = String(bytes.count)
            if isHead { return try await writer.writeResponse(head) }
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .file(let file):
            head.headerFields[.contentLength] = String(file.size)
            if isHead { return try await writer.writeResponse(head) }
            let body = try await writer.writeHead(head)
            try await Self.send(file, body)
        }
    }

    private static func send(_ file: StatusFile, _ body: consuming some ResponseBodyWriter) async throws {
        var body = body
        var offset = 0
        while offset < file.size {
            let piece = file.read(at: offset, most: min(pieceBytes, file.size - offset))
            // Shorter than it was: its length is promised, so the connection has to end early.
            guard !piece.isEmpty else { throw FileEnded() }
            offset += piece.count
            try await body.write(ByteBuffer(bytes: piece))
        }
        try await body.finish(nil)
    }

    private struct FileEnded: Error {}

    /// Who is at the other end: of a Unix socket the kernel knows (unix(7), SO_PEERCRED).
    private func peer(of channel: any Channel) async -> StatusRequest.Peer {
        guard isSocket else {
            return .address(channel.remoteAddress?.ipAddress ?? "unknown")
        }
        guard let socket = channel as? any SocketOptionProvider,
            let sender: PeerCredentials = try? await socket.unsafeGetSocketOption(
                level: .socket, name: .init(rawValue: SO_PEERCRED)
            )
            .get()
        else { return .socket(process: 0, user: .max) }
        return .socket(process: sender.process, user: sender.user)
    }
}

/// `struct ucred` of the kernel.
private struct PeerCredentials {
    var process: Int32
    var user: UInt32
    var group: UInt32
}
