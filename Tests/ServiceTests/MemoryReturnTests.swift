import Engine
import Testing

@testable import Service

@Suite struct MemoryReturnTests {
    /// Of the program's code: what can be executed and is in its file, kB in memory.
    private static var residentCode: Int {
        guard let program = SystemFile.target("/proc/self/exe"), let text = SystemFile.text("/proc/self/smaps") else {
            return 0
        }
        var isCode = false
        var sum = 0
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 4, fields[1].count == 4 { isCode = fields[1] == "r-xp" && line.hasSuffix(program) }
            if isCode, fields[0] == "Rss:" { sum += Int(fields[1]) ?? 0 }
        }
        return sum
    }

    @Test func codeOfTheStartIsGivenBack() async {
        await #expect(processExitsWith: .success) {
            let before = MemoryReturnTests.residentCode
            MemoryReturn.releaseCode()
            // What measures has come back, and what the kernel maps around each of its pages; left alone it only grows.
            #expect(before > 1000 && MemoryReturnTests.residentCode < before)
        }
    }
}
