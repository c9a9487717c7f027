import Capture
import Engine

/// Opens what a request names: files, or interfaces.
enum Sources {
    static func open(
        _ capture: CaptureRequest, _ engine: EngineOptions, _ control: SnifferControl
    ) throws(CommandError) -> any PacketSource {
        do throws(CaptureError) {
            return try FileSource(path: capture.files[0])
        } catch {
            throw CommandError(error)
        }
    }
}
