/// The functions of awk that compute: those of awk(1p) that reach no file and no command, and `strftime`, `systime` and
/// `mktime`, which mawk, gawk and busybox awk call the same way. `fflush()` without an operand can only write out what
/// was printed.
enum AwkFunction: String, Sendable, CaseIterable {
  case length, substr, index, split, sub, gsub, match, sprintf
  case sin, cos, atan2, exp, log, sqrt, int, rand, srand
  case tolower, toupper
  case strftime, systime, mktime
  case fflush

  /// How many arguments it takes. `length` is written out as `length($0)` when it has none.
  var counts: ClosedRange<Int> {
    switch self {
    case .length, .sin, .cos, .exp, .log, .sqrt, .int, .tolower, .toupper, .mktime: 1...1
    case .index, .atan2, .match: 2...2
    case .substr, .split, .sub, .gsub: 2...3
    case .rand, .systime, .fflush: 0...0
    case .srand: 0...1
    case .strftime: 0...3
    case .sprintf: 1...100
    }
  }

  /// What one of its arguments is.
  enum Role {
    case value
    /// A value, or the name of an array.
    case valueOrArray
    case array
    case regularExpression
    /// Something that can be assigned to.
    case place
  }

  func role(ofArgument position: Int) -> Role {
    switch (self, position) {
    case (.split, 1): .array
    case (.split, 2), (.sub, 0), (.gsub, 0), (.match, 1): .regularExpression
    case (.sub, 2), (.gsub, 2): .place
    case (.length, 0): .valueOrArray
    default: .value
    }
  }

  /// What to write instead of arguments that only gawk takes.
  var hintForTooMany: String {
    switch self {
    case .match: "use RSTART and RLENGTH: `if (match($0, /x+/)) print substr($0, RSTART, RLENGTH)`"
    case .split: "the separators cannot be had; use `match` and `substr`"
    case .fflush: "write `fflush()`"
    case .strftime: "write `strftime(format, seconds)`"
    default: ""
    }
  }
}
