import Testing

@testable import Calls

@Suite struct TextListTests {
    @Test func eachTextOnceInItsOrder() {
        var list = TextList()
        for text in ["Phone 1", "Proxy", "Phone 1", "", "Phone 2", "Proxy", "Phone 3"] {
            list.insert(Array(text.utf8).span, hash: UInt64(text.utf8.count) << 32 | UInt64(text.utf8.last ?? 0))
        }
        #expect(list.count == 5)
        #expect(list.strings == ["Phone 1", "Proxy", "", "Phone 2", "Phone 3"])
    }
}
