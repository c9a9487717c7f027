import CPcap

/// A BPF expression (pcap-filter(7)) compiled for one link type.
@safe public final class PacketFilter {
    public let expression: String
    /// LINKTYPE_ number it was compiled for.
    public let linkType: UInt32
    private let program: UnsafeMutablePointer<bpf_program>

    /// Compiles with `pcap_compile` (https://www.tcpdump.org/manpages/pcap_compile.3pcap.html); throws
    /// `.invalidFilter` with libpcap's words.
    public init(_ expression: String, linkType: UInt32) throws(CaptureError) {
        self.expression = expression
        self.linkType = linkType
        unsafe program = UnsafeMutablePointer<bpf_program>.allocate(capacity: 1)
        unsafe program.initialize(to: bpf_program())
        let snapLength = Int32(bitPattern: CaptureLimits.commonRecordBytes)
        guard let handle = unsafe pcap_open_dead(LinkType.dlt(linkType), snapLength) else {
            throw CaptureError(.invalidFilter, expression, detail: "libpcap is out of memory", hint: "try again")
        }
        defer { unsafe pcap_close(handle) }
        guard unsafe pcap_compile(handle, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw unsafe CaptureError.invalidFilter(expression, detail: pcapText(unsafe pcap_geterr(handle)))
        }
    }

    deinit {
        unsafe pcap_freecode(program)
        unsafe program.deinitialize(count: 1)
        unsafe program.deallocate()
    }

    /// - Parameter originalLength: the packet's length on the wire, which `len`, `less` and `greater` look at.
    public func matches(_ bytes: Span<UInt8>, originalLength: UInt32) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var header = pcap_pkthdr()
            header.caplen = UInt32(truncatingIfNeeded: buffer.count)
            header.len = originalLength
            return unsafe pcap_offline_filter(program, &header, buffer.baseAddress) != 0
        }
    }

    /// The instructions, for those who want to know what the filter does.
    var instructions: [BPFInstruction] {
        let count = Int(unsafe program.pointee.bf_len)
        guard let base = unsafe program.pointee.bf_insns else { return [] }
        return (0..<count).map { index in
            let each = unsafe base[index]
            return BPFInstruction(code: each.code, jumpTrue: each.jt, jumpFalse: each.jf, operand: each.k)
        }
    }
}

/// One instruction of classic BPF (McCanne and Jacobson 1993; <pcap/bpf.h>).
struct BPFInstruction {
    var code: UInt16
    var jumpTrue: UInt8
    var jumpFalse: UInt8
    var operand: UInt32
}

/// libpcap's text, which is never null where libpcap promises one.
func pcapText(_ text: UnsafePointer<CChar>?) -> String {
    guard let text = unsafe text else { return "unknown error" }
    return unsafe String(cString: text)
}

extension CaptureError {
    @inline(never)
    static func invalidFilter(_ expression: String, detail: String) -> CaptureError {
        CaptureError(
            .invalidFilter, expression, detail: "not a filter libpcap can use: \(detail)",
            hint: "see man pcap-filter, and quote the expression")
    }
}
