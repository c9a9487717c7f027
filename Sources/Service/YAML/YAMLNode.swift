/// Where something stands in a text, counted from 1.
struct YAMLMark: Sendable, Equatable {
    var line: Int
    var column: Int
}

/// A YAML document with the position of every part.
struct YAMLNode: Sendable, Equatable {
    indirect enum Content: Sendable, Equatable {
        /// `plain`: written without quotes, so that `~` or nothing means null.
        case scalar(String, plain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable, Equatable {
        var key: String
        var keyMark: YAMLMark
        var value: YAMLNode
    }

    var content: Content
    var mark: YAMLMark

    var isNull: Bool {
        guard case .scalar(let text, plain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// For errors: what it is.
    var noun: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// Why a text is no YAML document that we take.
struct YAMLError: Error, Equatable {
    var what: String
    var mark: YAMLMark
    var remedy: String?
}

/// What bounds a document, so that no file makes the program grow or recurse without end.
enum YAMLLimits {
    static let bytes = 1 << 20
    static let depth = 32
    /// Nodes of the document; an alias counts every node of what it stands for.
    static let nodes = 50_000
}
