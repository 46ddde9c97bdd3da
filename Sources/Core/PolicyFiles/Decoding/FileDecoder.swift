internal import Policy
internal import SecretPaths
internal import Yams

/// Turns the nodes of one file into parts of a policy and collects what is wrong.
struct FileDecoder {
  let file: SourceFile
  var diagnostics: [Diagnostic] = []
  /// How many of `diagnostics` came from ``fail(_:_:hint:offset:showsLine:)``.
  private(set) var errorCount = 0
  /// Where the file names variables.
  var variableUses: [DecodedFile.VariableUse] = []

  init(file: SourceFile) {
    self.file = file
  }

  /// A mapping's fields by key, each with the nodes of key and value.
  struct Fields {
    var node: Node
    var values: [String: (key: Node, value: Node)] = [:]

    subscript(_ key: String) -> Node? { values[key]?.value }
  }

  func location(of node: Node) -> SourceLocation {
    SourceLocation(file: file.path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }

  /// Notes an error at `node`, `offset` bytes into its text if it is a scalar on one line.
  mutating func fail(
    _ node: Node, _ message: String, hint: String = "", offset: Int = 0, showsLine: Bool = true
  ) {
    errorCount += 1
    note(node, .error, message, hint: hint, offset: offset, showsLine: showsLine)
  }

  /// As `fail`, for what does no harm and is hardly meant.
  mutating func warn(_ node: Node, _ message: String, hint: String = "", offset: Int = 0) {
    note(node, .warning, message, hint: hint, offset: offset, showsLine: true)
  }

  private mutating func note(
    _ node: Node, _ severity: Diagnostic.Severity, _ message: String, hint: String, offset: Int,
    showsLine: Bool
  ) {
    let place = location(of: node)
    var column = place.column
    if let scalar = node.scalar {
      switch scalar.style {
      case .singleQuoted, .doubleQuoted: column += offset > 0 ? offset + 1 : 0
      case .plain, .any: column += offset
      case .literal, .folded: break
      }
    }
    diagnostics.append(
      file.diagnostic(
        line: place.line, column: column, severity: severity, message: message, hint: hint,
        showsLine: showsLine))
  }

  /// The entries of a mapping with scalar keys.
  mutating func entries(_ node: Node, _ what: String) -> [(key: Node, name: String, value: Node)] {
    if isAbsent(node) { return [] }
    guard let mapping = node.mapping else {
      fail(node, "\(what) must be a mapping", hint: "`name: value`, one to a line")
      return []
    }
    var result: [(key: Node, name: String, value: Node)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string, !name.isEmpty else {
        fail(key, "a key of \(what) must be a word")
        continue
      }
      result.append((key, name, value))
    }
    return result
  }

  /// A mapping of which all keys are known.
  mutating func fields(_ node: Node, _ what: String, known: [String]) -> Fields {
    var fields = Fields(node: node)
    for (key, name, value) in entries(node, what) {
      guard known.contains(name) else {
        let near = nearest(to: name, among: known).first
        fail(
          key, "unknown key `\(name)` in \(what)",
          hint: near.map { "did you mean `\($0)`?" } ?? "keys: " + known.joined(separator: ", "))
        continue
      }
      fields.values[name] = (key, value)
    }
    return fields
  }

  mutating func text(_ node: Node, _ what: String) -> String? {
    guard let scalar = node.scalar else {
      fail(node, "\(what) must be a word or a line of text")
      return nil
    }
    return scalar.string
  }

  /// Text of one line that is not empty.
  mutating func line(_ node: Node, _ what: String) -> String? {
    guard let text = text(node, what) else { return nil }
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      fail(node, "\(what) must be one line, and not empty")
      return nil
    }
    return text
  }

  mutating func items(_ node: Node, _ what: String) -> [Node] {
    guard let sequence = node.sequence else {
      fail(node, "\(what) must be a list", hint: "[a, b], or `- a` on lines of their own")
      return []
    }
    return Array(sequence)
  }

  mutating func lines(_ node: Node?, _ what: String) -> [(node: Node, text: String)] {
    guard let node else { return [] }
    var result: [(node: Node, text: String)] = []
    for item in items(node, what) {
      if let text = line(item, "each of \(what)") { result.append((item, text)) }
    }
    return result
  }

  mutating func flag(_ node: Node, _ what: String) -> Bool? {
    switch node.scalar?.string {
    case "true": return true
    case "false": return false
    default:
      fail(node, "\(what) must be true or false")
      return nil
    }
  }

  mutating func absolutePath(_ node: Node, _ what: String) -> String? {
    guard let path = line(node, what) else { return nil }
    guard path.utf8.first == UInt8(ascii: "/"), LexicalPath.isNormalized(Array(path.utf8)) else {
      fail(node, "\(what) must be an absolute path", hint: "without `.`, `..`, `//` and a slash at the end")
      return nil
    }
    return path
  }

  mutating func pattern(_ node: Node, _ what: String) -> PathPattern? {
    guard let text = line(node, what) else { return nil }
    do throws(PathPatternError) {
      return try PathPattern(text)
    } catch {
      fail(node, error.message, hint: error.hint, offset: error.offset ?? 0)
      return nil
    }
  }

  /// Whether a key stands there without a value.
  func isAbsent(_ node: Node) -> Bool {
    guard let scalar = node.scalar else { return false }
    return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
  }
}
