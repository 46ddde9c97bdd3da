/// The lines that a command is for.
enum SedLines: Equatable, Sendable {
  case all
  case one(SedAddress)
  case range(SedAddress, to: SedRangeEnd)
}

/// An address that stands alone or begins a range.
enum SedAddress: Equatable, Sendable {
  /// `N`; zero only before a pattern, as in `0,/re/`.
  case line(Int)
  /// `first~step`, the step above zero.
  case every(first: Int, step: Int)
  /// `$`.
  case last
  case matching(SedAddressPattern)
}

/// What ends a range.
enum SedRangeEnd: Equatable, Sendable {
  case line(Int)
  case last
  case matching(SedAddressPattern)
  /// `+N`: so many lines further.
  case after(Int)
  /// `~N`: the next line whose number is a multiple.
  case multiple(Int)
}

/// `/re/IM`; an empty expression is the one used last.
struct SedAddressPattern: Equatable, Sendable {
  var pattern: [UInt8]
  var ignoreCase = false
  var multipleLines = false
}
