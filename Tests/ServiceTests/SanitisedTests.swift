import Testing

@testable import Service

@Suite struct SanitisedTests {
    @Test(arguments: [
        ("plain ä 😀", "plain ä 😀"), ("a\u{1B}[31mb", "a\\x1b[31mb"), ("\u{0}\n\r\t", "\\x00\\n\\r\\t"),
        ("\u{9B}x", "\\u{9b}x"), ("\u{202E}txt", "\\u{202e}txt"), ("\u{7F}", "\\x7f"),
    ])
    func controlCharactersAreWrittenOut(text: String, clean: String) {
        #expect(sanitised(text) == clean)
    }

    @Test func errorsAreSanitised() {
        let error = CommandError("cannot open", at: "a\nb", remedy: "c\u{1B}d", exitStatus: .cannotOpenInput)
        #expect(error.description == "lc: cannot open: a\\nb (c\\x1bd)")
    }
}
