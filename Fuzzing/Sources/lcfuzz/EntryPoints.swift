import Glibc
import TestSupport

/// One executable with all targets, because building one takes minutes: `LC_FUZZ` says which target this process is.
private let target: FuzzTarget = {
    let name = getenv("LC_FUZZ").map { String(cString: $0) } ?? ""
    guard let found = FuzzTarget.all.first(where: { $0.name == name }) else {
        fail("LC_FUZZ must be one of: " + FuzzTarget.all.map(\.name).joined(separator: " "))
    }
    return found
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// libFuzzer's own mutations of bytes.
@_silgen_name("LLVMFuzzerMutate")
private func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ most: Int) -> Int

/// Bytes changed by libFuzzer, at most `limit` of them.
func mutated(_ bytes: [UInt8], limit: Int) -> [UInt8] {
    guard limit > 0 else { return bytes }
    return [UInt8](unsafeUninitializedCapacity: max(limit, bytes.count)) { buffer, count in
        _ = buffer.initialize(from: bytes)
        count = mutate(buffer.baseAddress!, min(bytes.count, limit), limit)
    }
}

@_cdecl("LLVMFuzzerCustomMutator")
public func customMutator(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ most: Int, _ seed: CUnsignedInt) -> Int {
    guard target.mutatesPackets else { return mutate(data, size, most) }
    var random = SeededRandom(seed: UInt64(seed))
    var capture = MutableCapture(Array(UnsafeBufferPointer(start: data, count: size)))
    capture.mutate(&random, limit: most)
    let bytes = capture.bytes(limit: most)
    guard !bytes.isEmpty else { return mutate(data, size, most) }
    for (index, byte) in bytes.enumerated() { data[index] = byte }
    return bytes.count
}
