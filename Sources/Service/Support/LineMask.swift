/// Does to lines that are already written what `log_sanitize` does to new ones: marks in the place of Call-IDs, users and numbers.
///
/// Text and JSON logs, the audit log, and the journal's form of them. The same value has the same mark in all parts of a bundle.
struct LineMask {
    var mask = LogMask.standard

    /// Settings whose values are somebody's.
    private static let personalSettings = ["sip_user", "call_id"]

    func text(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }.joined(separator: "\n")
    }

    func line(_ line: String) -> String {
        // A change of such a setting has its values as `old` and `new`.
        let namesPersonal = Self.personalSettings.contains { line.contains("." + $0) }
        // The journal has something in front of an object.
        if let brace = line.firstIndex(of: "{"), line[brace...].hasPrefix("{\"") {
            return words(String(line[..<brace]), namesPersonal)
                + object(Array(line[brace...].unicodeScalars), namesPersonal)
        }
        return words(line, namesPersonal)
    }

    // MARK: Text

    private func words(_ line: String, _ namesPersonal: Bool) -> String {
        var result = ""
        var word = ""
        var isQuoted = false
        var isEscaped = false
        for scalar in line.unicodeScalars {
            if scalar == " ", !isQuoted {
                result += self.word(word, namesPersonal) + " "
                word = ""
                continue
            }
            // Quotes that LogLines puts around values stand behind an equals sign.
            if scalar == "\"", !isEscaped, isQuoted || word.hasSuffix("=") { isQuoted.toggle() }
            isEscaped = scalar == "\\" && !isEscaped
            word.unicodeScalars.append(scalar)
        }
        return result + self.word(word, namesPersonal)
    }

    private func word(_ word: String, _ namesPersonal: Bool) -> String {
        if Self.isTime(word) { return word }
        if let sign = word.firstIndex(of: "="), word[..<sign].allSatisfy({ $0.isLowercase || $0 == "_" }),
            sign != word.startIndex
        {
            let (key, value) = (String(word[..<sign]), String(word[word.index(after: sign)...]))
            return key + "=" + self.value(value.filter { $0 != "\"" }, of: key, namesPersonal)
        }
        return mask.text(word)
    }

    private func value(_ value: String, of key: String, _ namesPersonal: Bool) -> String {
        if namesPersonal, key == "old" || key == "new" { return mask.value(value, of: "user") }
        if Self.isTime(value) { return value }
        return mask.value(value, of: key)
    }

    /// `2026-01-02`, `03:04:05.678`, `2026-01-02T03:04:05.000000000Z`: no number of anybody.
    static func isTime(_ word: String) -> Bool {
        let shape = String(word.unicodeScalars.map { ("0"..."9").contains($0) ? "9" : Character($0) })
        return shape.hasPrefix("9999-99-99") && (shape.count == 10 || shape.hasPrefix("9999-99-99T99:99:99"))
            || shape.hasPrefix("99:99:99") && (shape.count == 8 || shape.hasPrefix("99:99:99."))
    }

    // MARK: JSON

    /// Strings behind a colon are values of the key in front of it; everything else stays.
    private func object(_ text: [Unicode.Scalar], _ namesPersonal: Bool) -> String {
        var result = ""
        var key = ""
        var isValue = false
        var at = 0
        while at < text.count {
            guard text[at] == "\"" else {
                if text[at] == ":" { isValue = true }
                // In a list every string is a value of the list's key.
                if text[at] == "{" || text[at] == "," && !isInList(text, at) { isValue = false }
                result.unicodeScalars.append(text[at])
                at += 1
                continue
            }
            var string = ""
            at += 1
            while at < text.count, text[at] != "\"" {
                if text[at] == "\\", at + 1 < text.count {
                    string.unicodeScalars.append(text[at])
                    at += 1
                }
                string.unicodeScalars.append(text[at])
                at += 1
            }
            at += 1
            if isValue {
                result += "\"" + value(string, of: key, namesPersonal) + "\""
            } else {
                key = string
                result += "\"" + string + "\""
            }
        }
        return result
    }

    /// Whether the nearest bracket in front that is still open is a list's.
    private func isInList(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
        var depth = 0
        var at = place - 1
        while at >= 0 {
            switch text[at] {
            case "]", "}": depth += 1
            case "[" where depth == 0: return true
            case "{" where depth == 0: return false
            case "[", "{": depth -= 1
            default: break
            }
            at -= 1
        }
        return false
    }
}
