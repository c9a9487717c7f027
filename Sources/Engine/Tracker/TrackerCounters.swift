import Archive
import Calls
import Capture

/// What happened in the tracker that is neither a packet class nor a figure of a call.
struct TrackerCounters: Sendable {
    /// Messages of a Call-ID that ended less than 32 s ago.
    var sipLate: UInt64 = 0
    var sipWithoutCallID: UInt64 = 0
    var sipMalformed: UInt64 = 0
    /// Media packets to or from an endpoint that several calls named.
    var mediaAmbiguous: UInt64 = 0
    var copies: UInt64 = 0
    /// Packets cut by the capture's snap length.
    var cut: UInt64 = 0
    var callsEvicted: UInt64 = 0
    /// Calls that were over and had to make room before their grace period had passed.
    var graceCutShort: UInt64 = 0
    /// Connections that might have become SIP and were given up for others.
    var tcpCandidatesEvicted: UInt64 = 0
    var tcpParsersEvicted: UInt64 = 0
    var tcpParsersEvictedMidMessage: UInt64 = 0
    var tcpSegmentsRefused: UInt64 = 0
    var tcpHolesGivenUp: UInt64 = 0
    var tcpConnectionsEvicted: UInt64 = 0
    var sipResynchronisations: UInt64 = 0
    /// Media packets that a call claimed after the fact.
    var lookBackAdopted: UInt64 = 0
    var fragmentsRefused: UInt64 = 0
    /// WebSocket messages that are compressed, and that are too long.
    var webSocketCompressed: UInt64 = 0
    var webSocketRefused: UInt64 = 0
    var sctpMalformed: UInt64 = 0
    var sctpFragmentsRefused: UInt64 = 0
    var sctpAssociationsEvicted: UInt64 = 0
    var hepMalformed: UInt64 = 0
    /// Compressed payloads that could not be inflated within their bound.
    var hepNotInflated: UInt64 = 0
    /// HEP packets whose time is too far from the capture's.
    var hepTimesRefused: UInt64 = 0
}

extension Tracker {
    /// For the summary: everything that is not zero, by name (`docs/counters.md`).
    /// What the source counted stands with what is the same in captures.
    func namedCounters(_ source: CaptureStatistics) -> [NamedCount] {
        [
            NamedCount("sip_late", counters.sipLate),
            NamedCount("sip_without_call_id", counters.sipWithoutCallID),
            NamedCount("sip_malformed", counters.sipMalformed),
            NamedCount("sip_resynchronisations", counters.sipResynchronisations),
            NamedCount("media_ambiguous", counters.mediaAmbiguous),
            NamedCount("look_back_adopted", counters.lookBackAdopted),
            NamedCount("look_back_refused", lookBack.refused),
            NamedCount("cut", counters.cut),
            NamedCount("calls_evicted", counters.callsEvicted),
            NamedCount("grace_cut_short", counters.graceCutShort),
            NamedCount("endpoints_refused", ownership.endpointsRefused),
            NamedCount("media_candidates_refused", ownership.candidatesRefused),
            NamedCount("flows_evicted", flows.evicted),
            NamedCount("tcp_candidates_evicted", counters.tcpCandidatesEvicted),
            NamedCount("tcp_parsers_evicted", counters.tcpParsersEvicted),
            NamedCount("tcp_parsers_evicted_mid_message", counters.tcpParsersEvictedMidMessage),
            NamedCount("tcp_connections_evicted", counters.tcpConnectionsEvicted),
            NamedCount("tcp_segments_refused", counters.tcpSegmentsRefused),
            NamedCount("tcp_holes_given_up", counters.tcpHolesGivenUp),
            NamedCount("fragments_refused", counters.fragmentsRefused),
            NamedCount("websocket_compressed", counters.webSocketCompressed),
            NamedCount("websocket_refused", counters.webSocketRefused),
            NamedCount("sctp_malformed", counters.sctpMalformed),
            NamedCount("sctp_fragments_refused", counters.sctpFragmentsRefused),
            NamedCount("sctp_associations_evicted", counters.sctpAssociationsEvicted),
            NamedCount("hep_malformed", counters.hepMalformed + source.hepMalformed),
            NamedCount("hep_not_inflated", counters.hepNotInflated),
            NamedCount("hep_times_refused", counters.hepTimesRefused + source.hepTimesRefused),
            NamedCount("hep_connections_refused", source.hepConnectionsRefused),
            NamedCount("orphan_streams_refused", orphans?.refused ?? 0),
            NamedCount("call_ids_refused", sipCounts.callIDsRefused),
            NamedCount("file_names_refused", names.refused),
            NamedCount("legs_ambiguous", correlation.ambiguous),
            NamedCount("legs_refused", correlation.refused),
            NamedCount("leg_candidates_evicted", correlation.candidates.evicted),
        ].filter { $0.count > 0 }
    }
}

extension WorkerTotals {
    var namedCounters: [NamedCount] {
        [
            NamedCount("streams_refused", counters.streamsRefused),
            NamedCount("file_errors", counters.fileErrors),
            NamedCount("held_refused", archive.heldRefused),
            NamedCount("late_records", archive.lateRecords),
            NamedCount("order_index_refused", archive.orderIndexRefused),
            NamedCount("ordered_by_timestamp", archive.orderedByTimestamp),
            NamedCount("file_reorder_failed", archive.reorderFailed),
            NamedCount("file_records_lost", archive.recordsLost),
            NamedCount("files_resumed", archive.setsResumed),
        ].filter { $0.count > 0 }
    }
}
