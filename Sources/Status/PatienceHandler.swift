import NIOCore
import NIOHTTPTypes
import Service

/// Ends connections that take too long: to say what they want, or to take the answer.
///
/// An idle timeout would not do: it begins again with each byte, and a client can send one a second.
final class PatienceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// For TLS and the head of the first request.
    static let requestTime = TimeAmount.seconds(10)
    /// For the head of the next one: longer than monitoring pauses between its questions.
    static let idleTime = TimeAmount.seconds(75)
    /// For the client to take anything of what waits for it.
    static let takingTime = TimeAmount.seconds(20)
    /// For everything of one response.
    static let responseTime = TimeAmount.minutes(15)
    /// Requests of one connection.
    static let requestLimit = 100_000

    private let counters: StatusCounters
    private var request: Scheduled<Void>?
    private var taking: Scheduled<Void>?
    private var requests = 0

    init(_ counters: StatusCounters) { self.counters = counters }

    func handlerAdded(context: ChannelHandlerContext) { wait(Self.requestTime, context) }

    func handlerRemoved(context: ChannelHandlerContext) { forget() }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            requests += 1
            wait(Self.responseTime, context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        guard case .end = part else { return }
        if requests >= Self.requestLimit {
            context.close(promise: nil)
        } else {
            wait(Self.idleTime, context, isSlow: false)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        taking?.cancel()
        taking = nil
        if !context.channel.isWritable { taking = schedule(Self.takingTime, context) }
        context.fireChannelWritabilityChanged()
    }

    /// No HTTP, or no TLS: whoever reads the request answers it or closes; here it is counted.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        counters.count(.malformed)
        context.fireErrorCaught(error)
    }

    // MARK: Time

    private func wait(_ time: TimeAmount, _ context: ChannelHandlerContext, isSlow: Bool = true) {
        request?.cancel()
        request = schedule(time, context, isSlow: isSlow)
    }

    private func schedule(
        _ time: TimeAmount, _ context: ChannelHandlerContext, isSlow: Bool = true
    ) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { [counters] in
            if isSlow { counters.count(.slow) }
            channel.close(promise: nil)
        }
    }

    private func forget() {
        request?.cancel()
        taking?.cancel()
        (request, taking) = (nil, nil)
    }
}
