/// One command with the lines it is for.
struct SedCommand: Equatable, Sendable {
  var lines: SedLines = .all
  /// `!`: the lines that `lines` does not select.
  var negated = false
  var action: SedAction
}

/// What a command does.
indirect enum SedAction: Equatable, Sendable {
  /// A command of one letter without arguments.
  case plain(SedPlainCommand)
  /// `l`, with the width to wrap at.
  case list(width: Int?)
  /// `q` and `Q`, with the exit status.
  case quit(silently: Bool, status: Int?)
  case block([SedCommand])
  case substitute(SedSubstitution)
  /// `y`: each byte of the first becomes the byte at the same place in the second.
  case transliterate(from: [UInt8], to: [UInt8])
  /// `a`, `i` and `c`, with the text as it will be printed, without the newline at its end.
  case text(SedTextCommand, [UInt8])
  case label([UInt8])
  case branch(SedBranch, label: [UInt8])
}

/// Commands without arguments; the raw value is the letter.
enum SedPlainCommand: UInt8, CaseIterable, Sendable {
  case print = 0x70  // p
  case printFirstLine = 0x50  // P
  case delete = 0x64  // d
  case deleteFirstLine = 0x44  // D
  case next = 0x6e  // n
  case appendNext = 0x4e  // N
  case hold = 0x68  // h
  case appendHold = 0x48  // H
  case get = 0x67  // g
  case appendGet = 0x47  // G
  case exchange = 0x78  // x
  case zap = 0x7a  // z
  case lineNumber = 0x3d  // =
  case fileName = 0x46  // F
}

enum SedTextCommand: UInt8, CaseIterable, Sendable {
  case append = 0x61  // a
  case insert = 0x69  // i
  case change = 0x63  // c
}

enum SedBranch: UInt8, CaseIterable, Sendable {
  case always = 0x62  // b
  case ifSubstituted = 0x74  // t
  case unlessSubstituted = 0x54  // T
}

/// `s/pattern/replacement/flags`.
struct SedSubstitution: Equatable, Sendable {
  /// The expression as the regular expression compiler gets it, the delimiter's own escapes undone, newlines as `\n`.
  var pattern: [UInt8]
  /// The replacement with its escapes, the delimiter's undone, newlines as `\n`.
  var replacement: [UInt8]
  var flags = SedSubstitutionFlags()
}

struct SedSubstitutionFlags: Equatable, Sendable {
  /// Replace from this match on, 1 to 999,999,999.
  var number: Int?
  var global = false
  var print = false
  var ignoreCase = false
  var multipleLines = false
}
