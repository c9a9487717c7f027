/// A command as the operator wrote it, split into words; placeholders are filled in later, inside of words.
///
/// Quotes and backslashes are a shell's, nothing else is: there is no shell.
public struct CommandTemplate: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case text(String)
        case placeholder(String)
    }

    let words: [[Piece]]

    /// Placeholders of the two commands.
    static let pcapNames = ["pcap"]
    static let voipNames = ["callid", "dirname", "caller", "called", "calldate"]

    init(_ text: String, names: [String]) throws(ValueProblem) {
        var parser = Parser(text: Array(text.unicodeScalars), names: names)
        words = try parser.words()
        guard let program = words.first, !program.isEmpty else {
            throw ValueProblem(what: "the command is empty", remedy: "name a program and its arguments")
        }
        if program.contains(where: { if case .placeholder = $0 { true } else { false } }) {
            throw ValueProblem(what: "the program's name has a placeholder", remedy: "placeholders are for arguments")
        }
    }

    /// Program and arguments.
    func filled(_ values: [String: String]) -> [String] {
        words.map { word in
            word.map { piece in
                switch piece {
                case .text(let text): text
                case .placeholder(let name): values[name] ?? ""
                }
            }.joined()
        }
    }

    private struct Parser {
        let text: [Unicode.Scalar]
        let names: [String]
        var at = 0

        /// They would mean something to a shell, and nothing here.
        private static let shellOnly: Set<Unicode.Scalar> = ["|", "&", ";", "<", ">", "`", "$", "(", ")"]

        mutating func words() throws(ValueProblem) -> [[Piece]] {
            var words: [[Piece]] = []
            while true {
                while at < text.count, Self.isBlank(text[at]) { at += 1 }
                guard at < text.count else { return words }
                words.append(try word())
            }
        }

        private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar == " " || scalar == "\t" || scalar == "\n"
        }

        private mutating func word() throws(ValueProblem) -> [Piece] {
            var pieces: [Piece] = []
            var literal = String.UnicodeScalarView()
            var quote: Unicode.Scalar?
            func push() { if !literal.isEmpty { pieces.append(.text(String(literal))) } }
            while at < text.count {
                let scalar = text[at]
                if quote == nil, Self.isBlank(scalar) { break }
                at += 1
                if scalar == quote {
                    quote = nil
                } else if quote == nil, scalar == "'" || scalar == "\"" {
                    quote = scalar
                } else if scalar == "\\", quote != "'", at < text.count,
                    quote == nil || "\"\\".unicodeScalars.contains(text[at])
                {
                    literal.append(text[at])
                    at += 1
                } else if scalar == "%", let name = placeholder() {
                    if name.isEmpty {
                        literal.append("%")
                    } else {
                        guard names.contains(name) else {
                            throw ValueProblem(
                                what: "there is no placeholder %\(name)%",
                                remedy: "valid: " + names.map { "%\($0)%" }.joined(separator: " ")
                                    + "; write %% for a percent sign")
                        }
                        push()
                        literal = String.UnicodeScalarView()
                        pieces.append(.placeholder(name))
                    }
                } else if quote == nil, Self.shellOnly.contains(scalar) {
                    throw ValueProblem(
                        what: "'\(scalar)' means something to a shell only, and commands run without one",
                        remedy: "put the line into a script, or quote the character")
                } else {
                    literal.append(scalar)
                }
            }
            guard quote == nil else {
                throw ValueProblem(what: "a quote is not closed", remedy: "close it, or write \\ in front of it")
            }
            push()
            return pieces.isEmpty ? [.text("")] : pieces
        }

        /// The name behind a percent sign up to the next; empty for `%%`; nil where neither begins here.
        private mutating func placeholder() -> String? {
            var end = at
            while end < text.count, ("a"..."z").contains(text[end]) { end += 1 }
            guard end < text.count, text[end] == "%" else { return nil }
            var name = String.UnicodeScalarView()
            name.append(contentsOf: text[at..<end])
            at = end + 1
            return String(name)
        }
    }
}
