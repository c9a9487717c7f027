/// Builds the tree from the events, within `YAMLLimits`.
struct YAMLTreeBuilder {
    private var anchors: [String: (node: YAMLNode, nodes: Int)] = [:]
    /// Nodes so far, expanded aliases included.
    private var nodes = 0

    mutating func document(from events: inout YAMLEvents) throws(YAMLError) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let (event, mark) = try events.next()
            switch event {
            case .streamEnd: return root
            case .streamStart, .documentEnd: continue
            case .documentStart:
                guard root == nil else {
                    throw YAMLError(what: "a second document", mark: mark, remedy: "keep everything in the first one")
                }
            default: root = try node(from: event, mark, &events, depth: 0)
            }
        }
    }

    private mutating func node(
        from event: YAMLEvent, _ mark: YAMLMark, _ events: inout YAMLEvents, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        guard depth < YAMLLimits.depth else {
            throw YAMLError(what: "nested more than \(YAMLLimits.depth) deep", mark: mark)
        }
        let before = nodes
        try count(1, mark)
        switch event {
        case .scalar(let text, let plain, let anchor):
            return remember(YAMLNode(content: .scalar(text, plain: plain), mark: mark), anchor, since: before)
        case .sequenceStart(let anchor):
            let items = try sequence(&events, depth: depth + 1)
            return remember(YAMLNode(content: .sequence(items), mark: mark), anchor, since: before)
        case .mappingStart(let anchor):
            let entries = try mapping(&events, depth: depth + 1)
            return remember(YAMLNode(content: .mapping(entries), mark: mark), anchor, since: before)
        case .alias(let name):
            // An anchor is known only when its node is complete, so no node can contain itself.
            guard let anchored = anchors[name] else {
                throw YAMLError(what: "unknown alias *\(name)", mark: mark, remedy: "define &\(name) before it")
            }
            try count(anchored.nodes, mark)
            return YAMLNode(content: anchored.node.content, mark: mark)
        default:
            throw YAMLError(what: "unexpected end of the document", mark: mark)
        }
    }

    private mutating func sequence(_ events: inout YAMLEvents, depth: Int) throws(YAMLError) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let (event, mark) = try events.next()
            if case .sequenceEnd = event { return items }
            items.append(try node(from: event, mark, &events, depth: depth))
        }
    }

    private mutating func mapping(_ events: inout YAMLEvents, depth: Int) throws(YAMLError) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let (event, mark) = try events.next()
            if case .mappingEnd = event { return entries }
            guard case .scalar(let key, _, _) = event else {
                throw YAMLError(what: "a key that is not a plain name", mark: mark)
            }
            guard key != "<<" else {
                throw YAMLError(what: "merge keys are not supported", mark: mark, remedy: "write the keys out")
            }
            if let line = lines[key] {
                throw YAMLError(
                    what: "the key '\(key)' stands twice", mark: mark, remedy: "it is on line \(line) already")
            }
            lines[key] = mark.line
            let (valueEvent, valueMark) = try events.next()
            let value = try node(from: valueEvent, valueMark, &events, depth: depth)
            entries.append(YAMLNode.Entry(key: key, keyMark: mark, value: value))
        }
    }

    private mutating func remember(_ node: YAMLNode, _ anchor: String?, since before: Int) -> YAMLNode {
        if let anchor { anchors[anchor] = (node, nodes - before) }
        return node
    }

    private mutating func count(_ more: Int, _ mark: YAMLMark) throws(YAMLError) {
        nodes += more
        guard nodes <= YAMLLimits.nodes else {
            throw YAMLError(what: "more than \(YAMLLimits.nodes) values, aliases expanded", mark: mark)
        }
    }
}
