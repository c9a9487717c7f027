extension MergedSource {
    /// The input's source, opened if it is not; nil when that fails now (counted as damage, the input is gone).
    func opened(_ input: MergeInput) -> FileSource? {
        if input.hasBegun { return input.source }
        do throws(CaptureError) {
            let source: FileSource
            if let waiting = input.source {
                source = waiting
            } else {
                source = try FileSource(path: input.path)
                input.source = source
            }
            return begin(input, source) ? source : nil
        } catch {
            damages.append(
                CaptureDamage(.readFailed, path: input.path, at: 0, error.detail, needed: 0, available: 0))
            queue.removeFirst()
            return nil
        }
    }

    /// The input's turn has come for the first time. False when it ended right there.
    func begin(_ input: MergeInput, _ source: FileSource) -> Bool {
        input.hasBegun = true
        input.mayContinue = openInputs == 0
        openInputs += 1
        return mapInterfaces(input, source)
    }

    /// The first input has no more packets.
    func finish(_ input: MergeInput) {
        if let source = input.source { damages.append(contentsOf: source.damages) }
        input.source = nil
        openInputs -= 1
        queue.removeFirst()
    }

    /// Gives the file's new interfaces their numbers in the merged table.
    ///
    /// A file that begins when all others have ended is taken for the continuation of an earlier one (a rotated capture):
    /// equal interfaces get the same number. Files that overlap come from different places: theirs are kept apart, unless
    /// the table is full. False when there is no number left at all: the file ends there.
    func mapInterfaces(_ input: MergeInput, _ source: FileSource) -> Bool {
        let known = input.interfaceMap.count
        let described = source.interfaces
        guard described.count > known else { return true }
        for interface in described[known...] {
            let isFull = interfaces.count >= CaptureLimits.maximumInterfaces
            if input.mayContinue || isFull, let same = equalInterface(interface, notIn: input.interfaceMap) {
                input.interfaceMap.append(same)
            } else if !isFull {
                input.interfaceMap.append(UInt16(truncatingIfNeeded: interfaces.count))
                interfaces.append(interface)
            } else {
                damages.append(
                    CaptureDamage(
                        .corrupt, path: input.path, at: 0, "more interfaces than can be told apart",
                        needed: UInt64(interfaces.count) + 1, available: UInt64(CaptureLimits.maximumInterfaces)))
                finish(input)
                return false
            }
        }
        return true
    }

    private func equalInterface(_ interface: CaptureInterface, notIn map: [UInt16]) -> UInt16? {
        for (index, candidate) in interfaces.enumerated() where candidate == interface {
            let number = UInt16(truncatingIfNeeded: index)
            if !map.contains(number) { return number }
        }
        return nil
    }
}
