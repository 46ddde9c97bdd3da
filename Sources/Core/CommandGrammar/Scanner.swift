/// A position in a checked line. Its extensions read words, classes and redirections.
struct Scanner {
  let bytes: [UInt8]
  var position = 0
  /// No `[` before this offset has its `]`; not looking again keeps "[[[[…" linear.
  var unclosedBefore = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// The byte at the position, nil at the end.
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The byte `distance` behind the position, nil beyond the end.
  func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
  }

  func error(_ reason: SyntaxError.Reason) -> SyntaxError {
    SyntaxError(reason, at: position)
  }

  /// What a `$` at `offset` begins.
  func expansion(at offset: Int) -> SyntaxError {
    let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0
    let afterNext = offset + 2 < bytes.count ? bytes[offset + 2] : 0
    let reason: SyntaxError.Reason =
      switch next {
      case UInt8(ascii: "("): afterNext == UInt8(ascii: "(") ? .arithmetic : .commandSubstitution
      case UInt8(ascii: "{"): .bracedVariable
      default: .variable
      }
    return SyntaxError(reason, at: offset)
  }
}
