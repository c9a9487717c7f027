import Capture
import Logging

/// Says what happens to the interfaces of a live capture.
enum InterfaceLog {
    static func write(_ event: LiveEvent) {
        let logger = Logger(label: "capture")
        switch event {
        case .wentDown(let name):
            logger.warning("interface is down; waiting for it", metadata: ["interface": "\(name)"])
        case .cameUp(let name):
            logger.notice("interface is up again", metadata: ["interface": "\(name)"])
        case .lost(let name, let error):
            logger.error(
                "interface lost; the capture goes on and waits for it",
                metadata: ["interface": "\(name)", "error": "\(error.detail)"])
        case .reopened(let name, let nanoseconds, let attempts, let linkTypeChanged):
            logger.notice(
                linkTypeChanged ? "interface returned with another link type" : "interface returned",
                metadata: [
                    "interface": "\(name)", "attempts": "\(attempts)", "after_ms": "\(nanoseconds / 1_000_000)",
                ])
        case .cannotReopen(let name, let error):
            logger.error(
                "interface is there and cannot be opened; trying again",
                metadata: ["interface": "\(name)", "error": "\(error.detail)", "remedy": "\(error.hint)"])
        }
    }
}
