/// The text of a regular expression between slashes, in a form whose end all awks find at the same slash.
///
/// original-awk and busybox awk end it at the first slash that has no backslash before it; mawk and gawk let a slash
/// pass between brackets, which they count in ways of their own (mawk's scan.c, gawk's awkgram.y). So every slash
/// within gets a backslash, a closing bracket that opens nothing too, and what is left must have its brackets closed by
/// either count.
enum AwkRegularExpression {
  /// Reads from right after the opening slash, and moves past the closing one.
  static func read(_ bytes: [UInt8], _ position: inout Int) throws(AwkFailure) -> [UInt8] {
    let start = position - 1
    var text: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "/"):
        position += 1
        try check(text, at: start)
        return text
      case UInt8(ascii: "\\"): text += try pair(bytes, &position)
      case UInt8(ascii: "["): text += try bracket(bytes, &position)
      case UInt8(ascii: "]"):
        text += "\\]".utf8
        position += 1
      case UInt8(ascii: "=") where text.isEmpty:
        // `/=` is an assignment to original-awk.
        text += "[=]".utf8
        position += 1
      default:
        text.append(byte)
        position += 1
      }
    }
    throw AwkFailure(
      offset: start, reason: "the regular expression is not closed",
      hint: "end it with `/`, and write `\\/` for a slash within")
  }

  /// A backslash and what follows.
  private static func pair(_ bytes: [UInt8], _ position: inout Int) throws(AwkFailure) -> [UInt8] {
    guard position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "\n") else {
      throw AwkFailure(offset: position, reason: "a backslash ends the line in a regular expression")
    }
    position += 2
    return Array(bytes[position - 2..<position])
  }

  /// A bracket expression with both its brackets.
  private static func bracket(_ bytes: [UInt8], _ position: inout Int) throws(AwkFailure) -> [UInt8] {
    let start = position
    var text: [UInt8] = [UInt8(ascii: "[")]
    position += 1
    if position < bytes.count, bytes[position] == UInt8(ascii: "^") {
      text.append(UInt8(ascii: "^"))
      position += 1
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
      text.append(UInt8(ascii: "]"))
      position += 1
    }
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "]"):
        position += 1
        return text + [byte]
      case UInt8(ascii: "\\"): text += try pair(bytes, &position)
      case UInt8(ascii: "/"):
        text += "\\/".utf8
        position += 1
      case UInt8(ascii: "["): text += try characterClass(bytes, &position)
      default:
        text.append(byte)
        position += 1
      }
    }
    throw AwkFailure(
      offset: start, reason: "a `[` of the regular expression is not closed",
      hint: "write `\\[` for the character itself")
  }

  /// `[:alpha:]` within brackets, or a `[` that stands for itself.
  private static func characterClass(
    _ bytes: [UInt8], _ position: inout Int
  ) throws(AwkFailure) -> [UInt8] {
    let rest = bytes[(position + 1)...]
    switch rest.first {
    case UInt8(ascii: ":"):
      let name = rest.dropFirst().prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
      guard !name.isEmpty, bytes[name.endIndex...].starts(with: ":]".utf8) else { break }
      let text = Array(bytes[position..<name.endIndex + 2])
      position = name.endIndex + 2
      return text
    case UInt8(ascii: "."), UInt8(ascii: "="): break
    default:
      position += 1
      return [UInt8(ascii: "[")]
    }
    throw AwkFailure(
      offset: position, reason: "`[:`, `[.` and `[=` within brackets begin a name that is not there",
      hint: "write a class such as `[[:digit:]]`, or the characters themselves")
  }

  /// POSIX has no escapes between brackets: whoever reads `[\]` as closed must find all brackets closed as well.
  private static func check(_ text: [UInt8], at start: Int) throws(AwkFailure) {
    var rest = text[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\") { _ = rest.popFirst() }
      guard byte == UInt8(ascii: "[") else { continue }
      if rest.first == UInt8(ascii: "^") { rest = rest.dropFirst() }
      if rest.first == UInt8(ascii: "]") { rest = rest.dropFirst() }
      while let next = rest.first, next != UInt8(ascii: "]") {
        rest = rest.dropFirst()
        guard next == UInt8(ascii: "["), rest.first == UInt8(ascii: ":"),
          let colon = rest.dropFirst().firstIndex(of: UInt8(ascii: ":"))
        else { continue }
        rest = rest[colon...].dropFirst(2)
      }
      guard rest.popFirst() != nil else {
        throw AwkFailure(
          offset: start, reason: "awks disagree where the brackets of the regular expression end",
          hint: "write `\\[` and `\\]` outside of brackets for the characters themselves")
      }
    }
  }
}
