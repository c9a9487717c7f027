import CPcap

extension CaptureError {
    /// Why `pcap_activate` failed.
    @inline(never)
    static func activating(_ name: String, _ status: Int32, _ handle: OpaquePointer) -> CaptureError {
        var detail = unsafe pcapText(pcap_statustostr(status))
        let more = unsafe pcapText(pcap_geterr(handle))
        if !more.isEmpty, more != detail { detail = status == PCAP_ERROR ? more : "\(detail) (\(more))" }
        let names = (try? NetworkDevice.all())?.map(\.name) ?? []
        // Without permission libpcap does not get as far as looking whether there is such a device.
        if status == PCAP_ERROR_NO_SUCH_DEVICE || (!names.isEmpty && !names.contains(name)) {
            let list = names.isEmpty ? "see lc list interfaces" : "there are: \(names.joined(separator: ", "))"
            return CaptureError(.noSuchDevice, name, detail: "no such device", hint: list)
        }
        switch status {
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            return CaptureError(
                .permissionDenied, name, detail: detail,
                hint: "run as root, or once: sudo setcap cap_net_raw,cap_net_admin=eip \"$(command -v lc)\"")
        case PCAP_ERROR_IFACE_NOT_UP:
            return CaptureError(.deviceUnavailable, name, detail: detail, hint: "ip link set \(name) up")
        default:
            return CaptureError(.deviceUnavailable, name, detail: detail, hint: "see lc list interfaces")
        }
    }
}
