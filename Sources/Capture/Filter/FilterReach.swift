/// Whether a BPF program can accept a frame of which only some bytes are known.
///
/// Follows every branch whose condition depends on an unknown byte both ways. Scratch memory counts as unknown, and a
/// program that is not done after `maximumSteps` counts as accepting: the answer "cannot" is certain, "can" may be wrong.
struct FilterReach {
    static let maximumSteps = 50_000

    /// True unless the program certainly rejects every such frame.
    let canMatch: Bool

    private struct State: Hashable {
        var line: Int
        /// Nil = unknown.
        var accumulator: UInt32?
        var index: UInt32?
    }

    init(_ program: [BPFInstruction], frame: [Int: UInt8]) {
        var open = [State(line: 0, accumulator: 0, index: 0)]
        var seen: Set<State> = []
        while let state = open.popLast() {
            guard seen.insert(state).inserted else { continue }
            guard seen.count < FilterReach.maximumSteps, program.indices.contains(state.line) else {
                canMatch = true
                return
            }
            switch FilterReach.step(state, program[state.line], frame) {
            case .accept:
                canMatch = true
                return
            case .go(let states):
                open.append(contentsOf: states)
            }
        }
        canMatch = false
    }

    private enum Outcome {
        case accept
        case go([State])
    }

    // Instruction classes and fields as in <pcap/bpf.h>.
    private static func step(_ state: State, _ instruction: BPFInstruction, _ frame: [Int: UInt8]) -> Outcome {
        var next = state
        next.line += 1
        let operand = instruction.operand
        switch instruction.code & 0x07 {
        case 0x00:  // BPF_LD
            next.accumulator = load(instruction, state, frame)
        case 0x01:  // BPF_LDX
            if instruction.code & 0xe0 == 0xa0 {  // BPF_MSH: four times the low nibble, an IPv4 header's length
                next.index = byte(operand, frame).map { 4 * UInt32($0 & 0x0f) }
            } else {
                next.index = instruction.code & 0xe0 == 0x00 ? operand : nil
            }
        case 0x04:  // BPF_ALU
            next.accumulator = arithmetic(instruction, state)
        case 0x05:  // BPF_JMP
            return .go(jump(instruction, state, next))
        case 0x06:  // BPF_RET: a constant, or the accumulator
            let value = instruction.code & 0x18 == 0x00 ? operand : state.accumulator
            return value == 0 ? .go([]) : .accept
        case 0x07:  // BPF_MISC
            let isTXA = instruction.code & 0xf8 == 0x80
            if isTXA { next.accumulator = state.index } else { next.index = state.accumulator }
        default:  // BPF_ST, BPF_STX: memory is unknown anyway
            break
        }
        return .go([next])
    }

    private static func byte(_ offset: UInt32, _ frame: [Int: UInt8]) -> UInt8? { frame[Int(offset)] }

    private static func load(_ instruction: BPFInstruction, _ state: State, _ frame: [Int: UInt8]) -> UInt32? {
        var offset = instruction.operand
        switch instruction.code & 0xe0 {
        case 0x00: return offset  // BPF_IMM
        case 0x20: break  // BPF_ABS
        case 0x40:  // BPF_IND
            guard let index = state.index else { return nil }
            offset = offset &+ index
        default: return nil  // BPF_MEM, BPF_LEN
        }
        let size: UInt32 =
            switch instruction.code & 0x18 {
            case 0x00: 4
            case 0x08: 2
            default: 1
            }
        var value: UInt32 = 0
        for position in 0..<size {
            guard let known = byte(offset &+ position, frame) else { return nil }
            value = value << 8 | UInt32(known)
        }
        return value
    }

    private static func arithmetic(_ instruction: BPFInstruction, _ state: State) -> UInt32? {
        guard let left = state.accumulator else { return nil }
        guard let right = instruction.code & 0x08 == 0 ? instruction.operand : state.index else { return nil }
        switch instruction.code & 0xf0 {
        case 0x00: return left &+ right
        case 0x10: return left &- right
        case 0x20: return left &* right
        case 0x30: return right == 0 ? nil : left / right
        case 0x40: return left | right
        case 0x50: return left & right
        case 0x60: return right < 32 ? left << right : 0
        case 0x70: return right < 32 ? left >> right : 0
        case 0x80: return 0 &- left
        case 0x90: return right == 0 ? nil : left % right
        case 0xa0: return left ^ right
        default: return nil
        }
    }

    private static func jump(_ instruction: BPFInstruction, _ state: State, _ next: State) -> [State] {
        var (taken, notTaken) = (next, next)
        taken.line += Int(instruction.jumpTrue)
        notTaken.line += Int(instruction.jumpFalse)
        let right = instruction.code & 0x08 == 0 ? instruction.operand : state.index
        if instruction.code & 0xf0 == 0x00 {  // BPF_JA; protochain jumps back
            taken.line = next.line + Int(Int32(bitPattern: instruction.operand))
            return [taken]
        }
        guard let left = state.accumulator, let right else { return [taken, notTaken] }
        let isTrue =
            switch instruction.code & 0xf0 {
            case 0x10: left == right
            case 0x20: left > right
            case 0x30: left >= right
            default: left & right != 0  // BPF_JSET
            }
        return [isTrue ? taken : notTaken]
    }
}
