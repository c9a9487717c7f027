import Archive
import Sealing

/// What finished files go through: compression, then encryption.
final class SealingTransform: FileTransform {
    private let compressor: GzipCompressor?
    private let encryption: FileEncryption?

    struct NoMemory: Error {}

    init(_ options: KeepingOptions, _ key: SealingKey?) throws {
        if options.compression == .gzip {
            guard let made = GzipCompressor(level: options.compressionLevel) else { throw NoMemory() }
            compressor = made
        } else {
            compressor = nil
        }
        encryption = key.map { FileEncryption($0) }
    }

    func update(_ bytes: ArraySlice<UInt8>, isLast: Bool, emit: (ArraySlice<UInt8>) throws -> Void) throws {
        guard let compressor else {
            try encryption?.update(bytes, isLast: isLast, emit: emit)
            return
        }
        guard let encryption else {
            try compressor.update(bytes, isLast: isLast, emit: emit)
            return
        }
        try compressor.update(bytes, isLast: isLast) { try encryption.update($0, isLast: false, emit: emit) }
        if isLast { try encryption.update([], isLast: true, emit: emit) }
    }
}
