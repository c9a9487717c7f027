import Glibc
import Testing

@testable import Engine

@Suite struct DedicatedThreadTests {
    private final class Token: Sendable {}

    /// A thread that ended and was neither joined nor detached keeps its stack, 2 MB of address space at least.
    @Test func aThreadNobodyJoinsLeavesNothing() async {
        await #expect(processExitsWith: .success) {
            let ended = BoundedQueue<Token>(capacity: 1)
            let pages = try #require(addressSpaceInPages())
            for _ in 0..<400 {
                _ = DedicatedThread { ended.push(Token()) }
                _ = ended.pop()
            }
            let grown = try #require(addressSpaceInPages()) - pages
            #expect(grown * sysconf(Int32(_SC_PAGESIZE)) < 400 << 20)
        }
    }

    @Test func joinWaitsForTheEndAndMayBeRepeated() {
        let queue = BoundedQueue<Token>(capacity: 1)
        let thread = DedicatedThread {
            usleep(10_000)
            queue.push(Token())
        }
        thread.join()
        guard case .element = queue.pop(timeout: 0) else {
            Issue.record("joined before the end")
            return
        }
        thread.join()
    }
}

/// The first number of `/proc/self/statm`.
private func addressSpaceInPages() -> Int? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    return atol(line)
}
