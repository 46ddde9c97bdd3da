/// First words that a shell, or a habit, gives a meaning that Keyhole does not have.
enum ReservedWords {
  /// `word` is the word as written: quoted, it is an ordinary name.
  static func refusal(of word: ArraySlice<UInt8>) -> SyntaxError.Reason? {
    guard let first = word.first else { return nil }
    if first == UInt8(ascii: "@") { return .misplacedTarget }
    if isAssignment(word) { return .assignment }
    // None is longer than "function"; most command names end here.
    guard word.count <= 8 else { return nil }
    switch String(decoding: word, as: UTF8.self) {
    case "!": return .negation
    case "for", "while", "until", "select", "do", "done", "in": return .loop
    case "if", "then", "elif", "else", "fi", "case", "esac", "[[", "]]": return .conditional
    case "function", "coproc": return .function
    case "time": return .time
    case "sudo", "doas": return .sudo
    case "xargs": return .xargs
    default: return nil
    }
  }

  /// `NAME=…` or `NAME+=…` (POSIX Shell Command Language, 2.10.2, rule 7).
  private static func isAssignment(_ word: ArraySlice<UInt8>) -> Bool {
    guard let first = word.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    var index = word.startIndex
    while index < word.endIndex, isNameByte(word[index]) { index += 1 }
    guard index > word.startIndex else { return false }
    if index < word.endIndex, word[index] == UInt8(ascii: "+") { index += 1 }
    return index < word.endIndex && word[index] == UInt8(ascii: "=")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
