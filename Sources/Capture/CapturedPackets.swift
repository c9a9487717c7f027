import PacketDecoding

/// What a batch is made of is known to all that read packets; who only captures need not import more for it.
public typealias CapturedPacket = PacketDecoding.CapturedPacket
