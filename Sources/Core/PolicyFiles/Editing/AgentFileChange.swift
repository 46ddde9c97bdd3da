/// A change to what one file says of one agent.
public enum AgentFileChange: Equatable, Sendable {
  /// `value` is YAML on one line that means the same inside brackets and outside.
  case set(key: String, value: String)
  case remove(key: String)
  /// Puts an item, likewise YAML on one line, at the end of a list.
  case append(key: String, item: String)
  case removeAgent
}

/// Why a file was not changed.
public enum AgentFileError: Error, Equatable, Sendable {
  /// The file is not YAML, or has no such agent.
  case notFound
  /// The change could not be proven to change nothing else. Lines count from 1.
  case unusual(line: Int)
}

/// Makes one change to what a policy file says of an agent. Everything else stays as it is written: only the lines, or
/// inside brackets the words, that the change is about are touched.
///
/// Each change is proven before it is given: the new text composes to the old tree with this change, and to nothing else.
public struct AgentFileEditor: Sendable {
  private let bytes: [UInt8]

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The changed file.
  public func applying(
    _ change: AgentFileChange, to agent: String
  ) throws(AgentFileError) -> [UInt8] {
    let layout = try AgentLayout(bytes, agent: agent)
    let unusual = AgentFileError.unusual(line: layout.line)
    guard let edit = layout.edit(for: change) else { throw unusual }
    let changed = layout.text.applying(edit)
    guard let old = ComposedTree(bytes), let expected = old.applying(change, to: agent),
      ComposedTree(changed) == expected
    else { throw unusual }
    return changed
  }

  /// Whether the file has nothing but this agent.
  public func holdsOnly(_ agent: String) -> Bool {
    guard case .mapping(let root)? = ComposedTree(bytes), root.count == 1, root[0].key == "agents",
      case .mapping(let agents) = root[0].value
    else { return false }
    return agents.count == 1 && agents[0].key == agent
  }
}
