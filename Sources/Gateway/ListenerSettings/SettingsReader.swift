internal import Yams

/// Reads single values of sshd.yaml.
struct SettingsReader {
  let file: String

  func error(at node: Node, _ message: String, _ hint: String = "") -> ListenerConfigurationError {
    ListenerConfigurationError(
      file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, message: message, hint: hint)
  }

  func unknown(_ key: Node, known: [String]) -> ListenerConfigurationError {
    error(at: key, "unknown key", "known are: \(known.joined(separator: ", "))")
  }

  /// The pairs of a mapping; a key that stands twice is an error.
  func pairs(
    _ node: Node, _ expectation: String
  ) throws(ListenerConfigurationError) -> [(key: Node, value: Node)] {
    guard let mapping = node.mapping else {
      throw error(at: node, "keys with values are expected", expectation)
    }
    return mapping.map { ($0.key, $0.value) }
  }

  func text(_ node: Node) throws(ListenerConfigurationError) -> String {
    guard let scalar = node.scalar?.string, !scalar.isEmpty else {
      throw error(at: node, "one value is expected")
    }
    return scalar
  }

  func path(_ node: Node) throws(ListenerConfigurationError) -> String {
    let path = try text(node)
    guard path.hasPrefix("/") else { throw error(at: node, "the path is not absolute", "begin it with /") }
    return path
  }

  /// One value, or a list of them.
  func items(_ node: Node, _ what: String, _ hint: String) throws(ListenerConfigurationError) -> [Node] {
    if node.scalar != nil { return [node] }
    guard let items = node.sequence, !items.isEmpty else {
      throw error(at: node, "\(what) is expected", hint)
    }
    return Array(items)
  }

  func number(_ node: Node, _ range: ClosedRange<Int>) throws(ListenerConfigurationError) -> Int {
    guard let number = Int(try text(node)), range.contains(number) else {
      throw error(at: node, "a number from \(range.lowerBound) to \(range.upperBound) is expected")
    }
    return number
  }

  func choice(_ node: Node, _ choices: [String]) throws(ListenerConfigurationError) -> String {
    let word = try text(node)
    guard choices.contains(word) else {
      throw error(at: node, "unknown value", "one of \(choices.joined(separator: ", "))")
    }
    return word
  }

  /// A time such as `20s`, `10m` or `1h`, in milliseconds; 0 means none, and below `least` and above a day nothing goes.
  func time(
    _ node: Node, least: Int = 0
  ) throws(ListenerConfigurationError) -> Int {
    let day = 86_400_000
    let word = try text(node)
    guard
      let milliseconds = word == "0"
        ? 0 : scaled(word, [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]),
      milliseconds <= day
    else {
      throw error(at: node, "a time of at most 24h is expected", "such as 20s, 10m or 1h")
    }
    guard milliseconds >= least else { throw error(at: node, "at least \(least / 1000)s is expected") }
    return milliseconds
  }

  /// A size such as `64MiB`, in bytes.
  func size(_ node: Node, least: Int) throws(ListenerConfigurationError) -> Int {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)]
    guard let bytes = scaled(try text(node), units), bytes >= least, bytes <= 1 << 50 else {
      throw error(at: node, "a size of at least \(least) bytes is expected", "such as 1GiB or 512MiB")
    }
    return bytes
  }

  private func scaled(_ word: String, _ units: [(name: String, factor: Int)]) -> Int? {
    for unit in units where word.hasSuffix(unit.name) {
      let digits = word.dropLast(unit.name.count)
      guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }), let number = Int(digits) else {
        continue
      }
      let (product, overflow) = number.multipliedReportingOverflow(by: unit.factor)
      return overflow ? nil : product
    }
    return nil
  }

  /// What another type reads from one value.
  func value<Value>(
    _ node: Node, _ what: String, _ hint: String, _ read: (String) -> Value?
  ) throws(ListenerConfigurationError) -> Value {
    guard let value = read(try text(node)) else { throw error(at: node, "\(what) is expected", hint) }
    return value
  }
}
