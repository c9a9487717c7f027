import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Service

/// Asks the status service of this machine through its Unix socket.
public enum StatusClient {
    public struct Reply: Sendable {
        public var code: Int
        public var body: [UInt8]
    }

    /// For the whole answer.
    static let patience = TimeAmount.seconds(20)
    /// Bytes of an answer; a page of 1,000 calls has some hundred thousand.
    static let mostBytes = 64 << 20

    public static func get(_ target: String, socket: String) throws(CommandError) -> Reply {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let reply = group.next().makePromise(of: Reply.self)
        let deadline = group.next().scheduleTask(in: patience) { reply.fail(NoAnswer.late) }
        defer { deadline.cancel() }
        do {
            let channel = try ClientBootstrap(group: group)
                .channelInitializer { channel in
                    channel.pipeline.addHTTPClientHandlers().flatMapThrowing {
                        try channel.pipeline.syncOperations.addHandler(ReplyHandler(reply))
                    }
                }
                .connect(unixDomainSocketPath: socket).wait()
            var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target)
            head.headers = ["Host": "localhost", "Connection": "close"]
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            let answer = try reply.futureResult.wait()
            channel.close(promise: nil)
            return answer
        } catch {
            reply.fail(error)
            throw problem(error, socket)
        }
    }

    private static func problem(_ error: any Error, _ socket: String) -> CommandError {
        let code = (error as? IOError)?.errnoCode
        switch code {
        case EACCES:
            return CommandError(
                "may not ask the status service: permission denied", at: socket,
                remedy: "as root, or as a member of the group that the service runs as", exitStatus: .permission)
        case ENOENT, ECONNREFUSED:
            return CommandError(
                "no lc answers here", at: socket,
                remedy: "is it running, with status_socket? --socket names another one", exitStatus: .serviceUnavailable
            )
        default:
            return CommandError(
                "the status service does not answer: \(error)", at: socket, remedy: "see its log",
                exitStatus: .serviceUnavailable)
        }
    }
}

private enum NoAnswer: Error, CustomStringConvertible {
    case late, incomplete, tooLong
    var description: String {
        switch self {
        case .late: "no answer in time"
        case .incomplete: "the answer ended early"
        case .tooLong: "the answer is too long"
        }
    }
}

private final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<StatusClient.Reply>
    private var reply = StatusClient.Reply(code: 0, body: [])

    init(_ promise: EventLoopPromise<StatusClient.Reply>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): reply.code = Int(head.status.code)
        case .body(let buffer):
            reply.body += buffer.readableBytesView
            if reply.body.count > StatusClient.mostBytes { promise.fail(NoAnswer.tooLong) }
        case .end: promise.succeed(reply)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(NoAnswer.incomplete) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
