/// The options of a command, or of one verb of it, indexed for matching.
public struct OptionTable: Equatable, Sendable {
  public let rules: [OptionRule]
  private let indices: [String: Int]
  /// Rule and spelling for `-x`, by the byte `x`.
  private let short: [UInt8: (rule: Int, name: String)]
  /// The rule for `-20` and its like.
  let numeric: Int?

  /// Of a spelling that stands twice the first one counts; the loader refuses such files.
  public init(_ rules: [OptionRule]) {
    self.rules = rules
    var indices: [String: Int] = [:]
    var short: [UInt8: (rule: Int, name: String)] = [:]
    for (index, rule) in rules.enumerated() {
      for name in rule.names where indices[name] == nil {
        indices[name] = index
        let bytes = Array(name.utf8)
        if bytes.count == 2, bytes[0] == UInt8(ascii: "-") { short[bytes[1]] = (index, name) }
      }
    }
    self.indices = indices
    self.short = short
    numeric = indices[OptionRule.numeric]
  }

  public var names: [String] { rules.flatMap(\.names) }

  /// The index in `rules` of the option spelled `name`.
  public func index(of name: String) -> Int? { indices[name] }

  func rule(named name: String) -> OptionRule? { indices[name].map { rules[$0] } }

  func short(_ letter: UInt8) -> (rule: OptionRule, name: String)? {
    short[letter].map { (rules[$0.rule], $0.name) }
  }

  /// The long spellings that begin with `prefix`.
  func names(abbreviatedBy prefix: String) -> [String] {
    prefix.utf8.count < 3 ? [] : names.filter { $0.utf8.starts(with: prefix.utf8) }
  }

  public static func == (left: OptionTable, right: OptionTable) -> Bool { left.rules == right.rules }
}
