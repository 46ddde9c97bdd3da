/// Why a text is no path pattern. `offset` counts bytes from the start of the pattern.
public enum PathPatternError: Error, Hashable, Sendable {
  case notAbsolute
  case tooLong
  case nulByte(offset: Int)
  case emptyComponent(offset: Int)
  case trailingSlash
  /// A component `.` or `..`: no normalised path has one, so the pattern would protect nothing.
  case dotComponent(offset: Int)
  /// `**` beside other text in one component.
  case partialDoubleStar(offset: Int)
  case trailingBackslash
  case unclosedBracket(offset: Int)
  case slashInBracket(offset: Int)
  case reversedRange(offset: Int)
  case unknownClass(offset: Int)

  /// The cause, one line in lower case.
  public var message: String {
    switch self {
    case .notAbsolute: "the pattern does not begin with /"
    case .tooLong: "the pattern is longer than \(PathPattern.maximumLength) bytes"
    case .nulByte: "the pattern contains a NUL byte"
    case .emptyComponent: "the pattern has an empty component (//)"
    case .trailingSlash: "the pattern ends with /"
    case .dotComponent: "the pattern has a component . or .."
    case .partialDoubleStar: "** stands beside other text in a component"
    case .trailingBackslash: "the pattern ends with a backslash"
    case .unclosedBracket: "[ is not closed"
    case .slashInBracket: "[…] contains /"
    case .reversedRange: "the range in […] runs backwards"
    case .unknownClass: "[…] has an unknown class"
    }
  }

  /// What to write instead, one line.
  public var hint: String {
    switch self {
    case .notAbsolute: "write the whole path, such as /etc/shadow"
    case .tooLong: "no path that long can be opened; shorten it"
    case .nulByte: "no path has a NUL byte; remove it"
    case .emptyComponent: "write a single /"
    case .trailingSlash: "drop the last /; a pattern covers everything below what it matches"
    case .dotComponent: "write the path that it leads to"
    case .partialDoubleStar: "write * within a name, or /**/ as a component of its own"
    case .trailingBackslash: "write \\\\ for a backslash"
    case .unclosedBracket: "close it with ], or write \\[ for a literal bracket"
    case .slashInBracket: "a class matches within a name; write the / outside"
    case .reversedRange: "write the lower end first, as in [a-z]"
    case .unknownClass:
      "the classes are alnum alpha blank cntrl digit graph lower print punct space upper xdigit"
    }
  }

  /// Where it is, in bytes from the start of the pattern; nil when it concerns the whole.
  public var offset: Int? {
    switch self {
    case .notAbsolute, .tooLong, .trailingSlash, .trailingBackslash: nil
    case .nulByte(let offset), .emptyComponent(let offset), .dotComponent(let offset),
      .partialDoubleStar(let offset), .unclosedBracket(let offset), .slashInBracket(let offset),
      .reversedRange(let offset), .unknownClass(let offset):
      offset
    }
  }
}
