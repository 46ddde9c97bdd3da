internal import Policy

/// Names that a policy file can have: what stands in a line may be anything.
enum PolicyName {
  /// A command, or a verb.
  static func isCommand(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && name.utf8.first.map(isWordByte) == true
      && name.utf8.allSatisfy { isWordByte($0) || "-.+".utf8.contains($0) }
  }

  /// `-x`, `--name`, or a predicate such as `-newer`.
  static func isOption(_ name: String) -> Bool {
    if name == OptionRule.numeric { return true }
    let rest = name.utf8.drop { $0 == UInt8(ascii: "-") }
    return (1...2).contains(name.utf8.count - rest.count) && (1...64).contains(rest.count)
      && rest.first.map(isWordByte) == true && rest.allSatisfy { isWordByte($0) || "-.+".utf8.contains($0) }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
