internal import CommandGrammar
internal import Policy

/// Finds the narrowest type of the policy language that takes some values.
enum NarrowestType {
  /// A type of which each of `values` is, as few others as can be said; nil when there is none.
  ///
  /// Values that look like files become `path`, so that they are held against the secrets.
  static func type(of values: [String]) -> ArgumentType? {
    let distinct = Set(values)
    guard let first = distinct.first else { return nil }
    if distinct.contains(where: looksLikeFile) { return only(.path, takes: distinct) }
    if let numbers = numbers(distinct), let low = numbers.min(), let high = numbers.max() {
      return only(.count(low...high), takes: distinct)
    }
    for type in [ArgumentType.duration, .size, .address]
    where distinct.allSatisfy({ type.accepts($0) == nil }) {
      return type
    }
    if distinct.allSatisfy(isUnit) { return .unit }
    if distinct.count <= 12, distinct.allSatisfy(isPlainWord) { return .choice(distinct.sorted()) }
    if distinct.count == 1, let type = literal([first]) { return type }
    return classes(of: distinct) ?? only(.pattern, takes: distinct)
  }

  /// A type that takes what `type` takes and `values` too; the narrowest there is. Several, best first, where the one
  /// type cannot be widened and another must stand in for it.
  static func widenings(of type: ArgumentType, by values: [String]) -> [ArgumentType] {
    switch type {
    case .count(let range):
      guard let numbers = numbers(Set(values)), let low = numbers.min(), let high = numbers.max() else {
        return []
      }
      return [.count(min(low, range.lowerBound)...max(high, range.upperBound))]
    case .choice(let words):
      if values.allSatisfy(isPlainWord) { return [.choice(words + Set(values).subtracting(words).sorted())] }
      return []
    case .word(let expression): return literal(values, besides: expression.source).map { [$0] } ?? []
    case .path, .directory: return values.allSatisfy { ArgumentType.path.accepts($0) == nil } ? [.path] : []
    default:
      let wider: [ArgumentType] = [.host, .user, .unit, .time, .path, .pattern]
      return wider.filter { candidate in
        candidate != type && values.allSatisfy { candidate.accepts($0) == nil }
      }
    }
  }

  static func looksLikeFile(_ value: String) -> Bool {
    value.contains("/") && ArgumentType.address.accepts(value) != nil || value == "." || value == ".."
      || [".log", ".conf", ".txt", ".gz", ".json", ".yaml", ".yml"].contains { value.hasSuffix($0) }
  }

  private static func only(_ type: ArgumentType, takes values: Set<String>) -> ArgumentType? {
    values.allSatisfy { type.accepts($0) == nil } ? type : nil
  }

  private static func numbers(_ values: Set<String>) -> [Int]? {
    let numbers = values.compactMap { Int($0) }
    guard numbers.count == values.count, values.allSatisfy({ $0.utf8.count <= 18 }) else { return nil }
    return numbers
  }

  private static func isUnit(_ value: String) -> Bool {
    let kinds = [
      ".service", ".socket", ".timer", ".target", ".mount", ".slice", ".scope", ".path", ".device",
    ]
    return kinds.contains { value.hasSuffix($0) } && ArgumentType.unit.accepts(value) == nil
  }

  /// Whether the word can stand in `one of [a, b]` as it is.
  private static func isPlainWord(_ value: String) -> Bool {
    (1...64).contains(value.utf8.count) && !value.hasPrefix("-")
      && ByteSet.word.union(ByteSet(".:+@%-")).holdsAll(of: value.utf8)
  }

  private static let alphanumerics = ByteSet.digits.union(.letters)

  /// `word /…/` for exactly these values, and what `source` takes.
  private static func literal(_ values: [String], besides source: String? = nil) -> ArgumentType? {
    guard
      values.allSatisfy({
        (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
      })
    else { return nil }
    let literals = Set(values).sorted().map { value in
      String(
        value.flatMap { character in
          ByteSet.word.union(ByteSet(" :,=@%-")).holdsAll(of: character.utf8)
            ? [character] : ["\\", character]
        })
    }
    let alternatives = (source.map { ["(\($0))"] } ?? []) + literals
    return parsed("word /\(alternatives.joined(separator: "|"))/")
  }

  /// `word /[a-z0-9,]{1,32}/`: the kinds of bytes seen, and twice the longest length.
  private static func classes(of values: Set<String>) -> ArgumentType? {
    var classes = ""
    let bytes = Set(values.flatMap(\.utf8))
    guard bytes.allSatisfy({ (0x20..<0x7F).contains($0) && !"]\\^'\"".utf8.contains($0) }) else { return nil }
    for (range, text) in [(UInt8(0x61)...UInt8(0x7A), "a-z"), (0x41...0x5A, "A-Z"), (0x30...0x39, "0-9")]
    where bytes.contains(where: range.contains) {
      classes += text
    }
    let others = bytes.filter { !alphanumerics.contains($0) && $0 != UInt8(ascii: "-") }.sorted()
    classes += String(
      decoding: others.flatMap { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "/") ? [0x5C, $0] : [$0] },
      as: UTF8.self)
    if bytes.contains(UInt8(ascii: "-")) { classes += "-" }
    let longest = values.map(\.utf8.count).max() ?? 1
    return parsed("word /[\(classes)]{1,\(min(256, max(8, 2 * longest)))}/")
  }

  /// What a policy file would make of the text; nil when it would not take it.
  private static func parsed(_ text: String) -> ArgumentType? {
    do throws(TypeSyntaxError) {
      return try OptionRule(names: ["--x"], parsing: text).type
    } catch {
      return nil
    }
  }
}
