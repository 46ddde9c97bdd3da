internal import Yams

/// What a file means as YAML, without how it is written.
indirect enum ComposedTree: Equatable {
  struct Pair: Equatable {
    var key: String
    var value: ComposedTree
  }

  case scalar(String, isPlain: Bool)
  case sequence([ComposedTree])
  case mapping([Pair])

  /// nil when it is not YAML of mappings with scalar keys.
  init?(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self),
      let node = try? Yams.compose(yaml: text, .basic)
    else { return nil }
    self.init(node)
  }

  private init?(_ node: Node) {
    switch node {
    case .scalar(let scalar): self = .scalar(scalar.string, isPlain: scalar.style == .plain)
    case .sequence(let items):
      let trees = items.map(ComposedTree.init)
      guard trees.allSatisfy({ $0 != nil }) else { return nil }
      self = .sequence(trees.compactMap(\.self))
    case .mapping(let mapping):
      var pairs: [Pair] = []
      for (key, value) in mapping {
        guard let name = key.scalar?.string, let tree = ComposedTree(value) else { return nil }
        pairs.append(Pair(key: name, value: tree))
      }
      self = .mapping(pairs)
    case .alias: return nil
    }
  }

  /// The tree after a change, nil when it does not fit.
  func applying(_ change: AgentFileChange, to agent: String) -> ComposedTree? {
    guard case .mapping(var root) = self, let place = root.firstIndex(where: { $0.key == "agents" }),
      case .mapping(var agents) = root[place].value, let own = agents.firstIndex(where: { $0.key == agent }),
      case .mapping(var fields) = agents[own].value
    else { return nil }
    switch change {
    case .removeAgent: agents.remove(at: own)
    case .remove(let key): fields.removeAll { $0.key == key }
    case .set(let key, let value):
      guard let tree = ComposedTree(Array(value.utf8)) else { return nil }
      if let index = fields.firstIndex(where: { $0.key == key }) {
        fields[index].value = tree
      } else {
        fields.append(Pair(key: key, value: tree))
      }
    case .append(let key, let item):
      guard let tree = ComposedTree(Array(item.utf8)),
        let index = fields.firstIndex(where: { $0.key == key }),
        case .sequence(let items) = fields[index].value
      else { return nil }
      fields[index].value = .sequence(items + [tree])
    }
    if change != .removeAgent { agents[own].value = .mapping(fields) }
    root[place].value = .mapping(agents)
    return .mapping(root)
  }
}
