internal import Foundation
public import Yams

/// Reads a program's settings, broker.yaml or sshd.yaml: keys with values, each error with its place.
public struct SettingsReader {
  let file: String

  /// `file` is for messages.
  public init(file: String) {
    self.file = file
  }

  public static func text(ofFile file: String) throws(ConfigurationError) -> String {
    do {
      return try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw ConfigurationError(
        file: file, line: 0, column: 0, message: "cannot be read: \(error.localizedDescription)",
        hint: "scripts/install writes one; its keys are in docs/operations.md")
    }
  }

  /// The pairs of a whole file; none when it is empty.
  public func pairs(
    ofFile text: String, _ expectation: String
  ) throws(ConfigurationError) -> [(key: Node, value: Node)] {
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _) {
      throw ConfigurationError(file: file, line: mark.line, column: mark.column, message: problem, hint: "")
    } catch {
      throw ConfigurationError(file: file, line: 0, column: 0, message: "\(error)", hint: "")
    }
    guard let root, root.null == nil || root.mapping != nil else { return [] }
    return try pairs(root, expectation)
  }

  public func error(at node: Node, _ message: String, _ hint: String = "") -> ConfigurationError {
    ConfigurationError(
      file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, message: message, hint: hint)
  }

  public func unknown(_ key: Node, known: [String]) -> ConfigurationError {
    error(at: key, "unknown key", "known are: \(known.joined(separator: ", "))")
  }

  /// The pairs of a mapping; a key that stands twice is an error.
  public func pairs(
    _ node: Node, _ expectation: String
  ) throws(ConfigurationError) -> [(key: Node, value: Node)] {
    guard let mapping = node.mapping else {
      throw error(at: node, "keys with values are expected", expectation)
    }
    return mapping.map { ($0.key, $0.value) }
  }

  public func text(_ node: Node) throws(ConfigurationError) -> String {
    guard let scalar = node.scalar?.string, !scalar.isEmpty else {
      throw error(at: node, "one value is expected")
    }
    return scalar
  }

  public func path(_ node: Node) throws(ConfigurationError) -> String {
    let path = try text(node)
    guard path.hasPrefix("/") else { throw error(at: node, "the path is not absolute", "begin it with /") }
    return path
  }

  /// One value, or a list of them.
  public func items(_ node: Node, _ what: String, _ hint: String) throws(ConfigurationError) -> [Node] {
    if node.scalar != nil { return [node] }
    guard let items = node.sequence, !items.isEmpty else {
      throw error(at: node, "\(what) is expected", hint)
    }
    return Array(items)
  }

  public func number(_ node: Node, _ range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard let number = Int(try text(node)), range.contains(number) else {
      throw error(at: node, "a number from \(range.lowerBound) to \(range.upperBound) is expected")
    }
    return number
  }

  public func choice(_ node: Node, _ choices: [String]) throws(ConfigurationError) -> String {
    let word = try text(node)
    guard choices.contains(word) else {
      throw error(at: node, "unknown value", "one of \(choices.joined(separator: ", "))")
    }
    return word
  }

  /// A time such as `20s`, `10m` or `1h`, in milliseconds; 0 means none, and below `least` and above a day nothing goes.
  public func time(
    _ node: Node, least: Int = 0
  ) throws(ConfigurationError) -> Int {
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
  public func size(_ node: Node, least: Int) throws(ConfigurationError) -> Int {
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
  public func value<Value>(
    _ node: Node, _ what: String, _ hint: String, _ read: (String) -> Value?
  ) throws(ConfigurationError) -> Value {
    guard let value = read(try text(node)) else { throw error(at: node, "\(what) is expected", hint) }
    return value
  }
}
