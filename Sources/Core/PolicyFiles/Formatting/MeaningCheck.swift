internal import Yams

/// Proves that a formatted file says what the file said: the same tree up to the order of keys, and the same words and comments.
struct MeaningCheck {
  let before: [UInt8]
  let after: [UInt8]

  /// nil when both say the same; otherwise the line of the first file at which they part.
  func difference() throws -> FormattingRefusal? {
    let (old, new) = (try Self.tree(before), try Self.tree(after))
    if let line = Self.difference(old, new) {
      return FormattingRefusal(line: line, message: "formatting would change the meaning of this line")
    }
    if Self.written(before) == Self.written(after) { return nil }
    return FormattingRefusal(line: lineOfLoss, message: "formatting would lose or change a comment")
  }

  private static func tree(_ text: [UInt8]) throws -> Node? {
    try Yams.compose(yaml: String(decoding: text, as: UTF8.self))
  }

  /// The line at which the trees part; nil when they are equal.
  private static func difference(_ old: Node?, _ new: Node?) -> Int? {
    guard let old, let new else { return old == nil && new == nil ? nil : line(of: old) }
    guard old.tag == new.tag, old.anchor == new.anchor else { return line(of: old) }
    switch (old, new) {
    case (.scalar(let left), .scalar(let right)):
      return left.string == right.string && left.style == right.style ? nil : line(of: old)
    case (.sequence(let left), .sequence(let right)):
      guard left.count == right.count else { return line(of: old) }
      return zip(left, right).lazy.compactMap { difference($0, $1) }.first
    case (.mapping(let left), .mapping(let right)):
      guard left.count == right.count else { return line(of: old) }
      return left.lazy.compactMap { key, value in
        right[key].map { difference(value, $0) } ?? line(of: key)
      }.first
    case (.alias, .alias): return nil
    default: return line(of: old)
    }
  }

  private static func line(of node: Node?) -> Int { node?.mark?.line ?? 1 }

  /// How often each byte occurs that is not for laying out YAML. Words are kept as they are written, so that formatting
  /// changes none of these numbers, and whoever drops a comment drops its `#`.
  private static func written(_ text: [UInt8]) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    for byte in text { counts[Int(byte)] += 1 }
    for byte in " \t\r\n[]{},-:\\\u{FEFF}".utf8 { counts[Int(byte)] = 0 }
    return counts
  }

  /// The first line with a comment that ends no line of the other text.
  private var lineOfLoss: Int {
    let ends = String(decoding: after, as: UTF8.self).split(separator: "\n").map { $0.trimmedEnd }
    let lines = String(decoding: before, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let lost = lines.firstIndex { line in
      guard let start = line.firstIndex(of: "#") else { return false }
      let comment = line[start...].trimmedEnd
      return !ends.contains { $0.hasSuffix(comment) }
    }
    return (lost ?? 0) + 1
  }
}

extension Substring {
  fileprivate var trimmedEnd: Substring {
    var text = self
    while text.last == " " || text.last == "\t" || text.last == "\r" { text.removeLast() }
    return text
  }
}
