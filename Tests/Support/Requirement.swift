import Glibc

/// A property that does not hold: the process ends. libFuzzer keeps the input then, and a test's run says what failed; a
/// release build leaves the text of a `precondition` out.
public func fail(_ what: String) -> Never {
    let line = Array((what + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
    abort()
}

public func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fail(what()) }
}
