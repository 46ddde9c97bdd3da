/// The order of keys in a command, and the blank line between commands.
enum CommandLayout {
  /// The order of the table in docs/policy.md.
  static let keys = [
    "exec", "about", "arguments", "separator", "fixed", "environment", "options", "required",
    "exclusive", "operands", "maximum-operands", "reads", "abbreviations", "verbs", "default-verb", "needs",
    "limits", "hints",
    "allow", "deny",
  ]

  static func apply(to document: SyntaxDocument) -> SyntaxDocument {
    var document = document
    guard case .block(var root) = document.root.value, root.kind == .mapping else { return document }
    for (index, entry) in root.entries.enumerated() where unquoted(entry.key) == "commands" {
      guard case .block(var commands) = entry.value, commands.kind == .mapping else { continue }
      for (place, command) in commands.entries.enumerated() {
        commands.entries[place].leading = (place == 0 ? [] : [.blank]) + withoutBlankStart(command.leading)
        // An anchor must stay before what refers to it.
        if !document.hasAnchors { commands.entries[place].value = ordered(command.value) }
      }
      root.entries[index].value = .block(commands)
    }
    document.root.value = .block(root)
    return document
  }

  private static func withoutBlankStart(_ trivia: [Trivia]) -> [Trivia] {
    Array(trivia.drop(while: \.isBlank))
  }

  /// A key that is not in the table stays behind the one that it stands behind.
  private static func ordered(_ value: SyntaxNode) -> SyntaxNode {
    guard case .block(var command) = value, command.kind == .mapping else { return value }
    var rank = -1
    var ranked: [(rank: Int, entry: BlockEntry)] = []
    for entry in command.entries {
      rank = keys.firstIndex(of: unquoted(entry.key)) ?? rank
      ranked.append((rank, entry))
    }
    // Stable: equal ranks keep their order.
    command.entries = ranked.enumerated().sorted { left, right in
      (left.element.rank, left.offset) < (right.element.rank, right.offset)
    }.map(\.element.entry)
    return .block(command)
  }
}
