extension JSONObject {
    mutating func add(_ summary: SummaryRecord) {
        key("type", string: "summary")
        key("captured", number: summary.ledger.captured)
        add(summary.ledger)
        key("calls", number: summary.calls)
        key("calls_by_state") { object in
            for state in CallRecord.State.allCases where summary[state] > 0 {
                object.wireKey(state.rawValue)
                object.value(summary[state])
            }
        }
        key("call_ids", number: summary.callIDs)
        add(summary.sipMessages, withTransports: true)
        key("sip_retransmissions", number: summary.sipRetransmissions)
        key("copies", number: summary.copies)
        key("rtp_streams", number: summary.rtpStreams)
        key("bytes", number: summary.bytes)
        key("first_packet_time", time: summary.firstPacketTime)
        key("last_packet_time", time: summary.lastPacketTime)
        key("dropped") { object in
            object.key("kernel", number: summary.ledger.kernelDropped)
            object.key("interface", number: summary.ledger.interfaceDropped)
        }
        add(summary.interfaces)
        add("counters", summary.counters)
    }

    private mutating func add(_ ledger: PacketLedger) {
        key("ledger") { object in
            for `class` in PacketClass.allCases {
                switch `class` {
                case .malformedLink:
                    object.key("malformed") { layers in
                        layers.key("link", number: ledger[.malformedLink])
                        layers.key("ip", number: ledger[.malformedIP])
                        layers.key("transport", number: ledger[.malformedTransport])
                    }
                case .malformedIP, .malformedTransport: break
                default:
                    object.wireKey(`class`.name)
                    object.value(ledger[`class`])
                }
            }
            object.add("refused", ledger.refused)
        }
        key("ownership") { object in
            for ownership in PacketOwnership.allCases {
                object.wireKey(ownership.name)
                object.value(ledger[ownership])
            }
        }
    }
}
