import Glibc
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Service
import Synchronization

/// Speaks HTTP for the status service, on one event loop of its own.
///
/// What may be asked for, by whom, and what the answer is, `StatusService` decides; here are sockets, TLS, and the bounds of
/// what a client may cost.
public final class StatusServer: StatusServing {
    /// Connections of each listener at once; more wait in the kernel's queue of 128.
    static let connectionLimit = 64

    private let group: MultiThreadedEventLoopGroup
    private let tasks: [Task<Void, Never>]
    private let socketPath: String?

    /// Listens where the options say, or says why it cannot.
    public static func listen(
        _ options: StatusOptions, _ credentials: StatusCredentials, _ service: StatusService
    ) throws(CommandError) -> any StatusServing {
        try StatusServer(options, credentials, service)
    }

    private init(
        _ options: StatusOptions, _ credentials: StatusCredentials, _ service: StatusService
    ) throws(CommandError) {
        if let path = options.socket { try Self.checkSocket(path) }
        let http = try Self.http(credentials, service)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var tasks: [Task<Void, Never>] = []
        do throws(CommandError) {
            if let path = options.socket {
                tasks.append(
                    try Self.start(
                        .http1(configuration: Self.limits(service)), .unixDomainSocket(path: path), path, group,
                        Responder(service: service, isSocket: true)))
                // Made for us alone under any usual umask; from here on the group may ask too.
                guard chmod(path, 0o660) == 0 else {
                    throw CommandError(
                        "cannot set the mode of the socket", at: path, exitStatus: .cannotCreateOutput)
                }
            }
            if let address = options.address {
                tasks.append(
                    try Self.start(
                        http, .hostname(address.host, port: address.port), address.description, group,
                        Responder(service: service, isSocket: false)))
            }
        } catch {
            for task in tasks { task.cancel() }
            if let path = options.socket { unlink(path) }
            throw error
        }
        self.group = group
        self.tasks = tasks
        socketPath = options.socket
        Logger(label: "status").info(
            "listening",
            metadata: [
                "address": "\(options.listen ?? "")", "socket": "\(options.socket ?? "")",
                "tls": "\(credentials.certificate != nil)", "token": "\(credentials.hasToken)",
            ])
    }

    public func stop() {
        for task in tasks { task.cancel() }
        if let socketPath { unlink(socketPath) }
        // Nobody waits: the program is about to end, and a client that reads slowly is no reason to stay.
        group.shutdownGracefully { _ in }
    }

    // MARK: Listening

    private static func limits(_ service: StatusService) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [PatienceHandler(service.counters)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64))
    }

    private static func http(
        _ credentials: StatusCredentials, _ service: StatusService
    ) throws(CommandError) -> HTTPServerBuilder {
        guard let certificate = credentials.certificate, let key = credentials.key else {
            return .http1(configuration: limits(service))
        }
        do {
            let chain = try NIOSSLCertificate.fromPEMBytes(certificate)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            // Whether the key fits the certificate shows here.
            _ = try NIOSSLContext(configuration: configuration)
            return try .tls(.http1(configuration: limits(service)), tlsConfiguration: configuration)
        } catch {
            throw CommandError(
                "TLS cannot be set up with this certificate and key: \(error)", at: "status_tls_certificate",
                remedy: "PEM files of a certificate and of its own key", exitStatus: .configuration)
        }
    }

    /// Starts one listener, and waits until it listens.
    private static func start(
        _ http: HTTPServerBuilder, _ address: BindAddress, _ name: String, _ group: MultiThreadedEventLoopGroup,
        _ responder: Responder
    ) throws(CommandError) -> Task<Void, Never> {
        var quiet = Logger(label: "status")
        quiet.logLevel = .error
        let logger = quiet
        let outcome = Outcome()
        let task = Task.detached {
            do {
                let server = try http.buildServer(
                    configuration: ServerConfiguration(
                        address: address, backlog: 128,
                        availableConnectionsDelegate: MaximumAvailableConnections(connectionLimit, logger: logger)),
                    eventLoopGroup: group, logger: logger,
                    responder: { request, writer, channel in
                        try await responder.respond(request, writer, channel)
                    }, onServerRunning: { _ in outcome.set(nil) })
                try await server.run()
            } catch {
                outcome.set("\(error)")
            }
        }
        if let problem = outcome.wait() {
            throw CommandError(
                "the status service cannot listen: \(problem)", at: name,
                remedy: "choose another one, or stop who has it",
                exitStatus: .serviceUnavailable)
        }
        return task
    }

    /// A socket that somebody answers at is another program's; one that nobody does was left by a kill, and is replaced.
    private static func checkSocket(_ path: String) throws(CommandError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw CommandError(
                "there is something else in place of the socket", at: path, remedy: "choose another path",
                exitStatus: .cannotCreateOutput)
        }
        guard !SocketAddressOfPath.answers(path) else {
            throw CommandError(
                "another program answers at this socket", at: path, remedy: "stop it, or choose another path",
                exitStatus: .serviceUnavailable)
        }
    }
}

/// Whether a listener runs, for the thread that waits for it.
private final class Outcome: Sendable {
    private let state = Mutex<(isSet: Bool, problem: String?)>((false, nil))

    func set(_ problem: String?) {
        state.withLock { if !$0.isSet { $0 = (true, problem) } }
    }

    /// Looks now and then: this happens once, and a semaphore would be a library more.
    func wait() -> String? {
        while true {
            let (isSet, problem) = state.withLock { $0 }
            if isSet { return problem }
            usleep(2_000)
        }
    }
}

enum SocketAddressOfPath {
    /// Somebody accepts connections at the path.
    static func answers(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else { return false }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
