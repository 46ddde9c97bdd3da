/// An absolute path glob, matched on bytes.
///
/// `*`, `?` and `[…]` (ranges, `!` or `^` to negate, `[:digit:]` and its like) match within one
/// component, names that begin with a dot included; a component `**` matches any number of
/// components, also none; a backslash takes the next byte literally. `?` is one byte, not one
/// character. The syntax is that of glob(7), with `**` added.
public struct PathPattern: Sendable, Hashable, CustomStringConvertible {
  /// Linux's PATH_MAX without its NUL.
  public static let maximumLength = 4095

  private let source: [UInt8]
  let program: GlobProgram
  /// How many codes the components before the first one with a wildcard take.
  private let prefixLength: Int

  public init(_ text: String) throws(PathPatternError) {
    try self.init(Array(text.utf8))
  }

  /// Throws for everything that could only be a mistake: a relative pattern, components `.`, `..` or
  /// empty, a trailing slash, an ill-formed class, `**` beside other text. `/` alone is the root.
  public init(_ bytes: [UInt8]) throws(PathPatternError) {
    let slash = UInt8(ascii: "/")
    guard bytes.first == slash else { throw .notAbsolute }
    guard bytes.count <= Self.maximumLength else { throw .tooLong }
    var compiler = GlobCompiler(bytes, mistakes: .refused)
    var prefixLength: Int?
    var index = bytes.count == 1 ? 1 : 0
    while index < bytes.count {
      let start = index + 1
      guard start < bytes.count else { throw .trailingSlash }
      guard bytes[start] != slash else { throw .emptyComponent(offset: start) }
      let codesBefore = compiler.program.codes.count
      if Self.isDoubleStar(bytes, at: start) {
        prefixLength = prefixLength ?? codesBefore
        if compiler.program.codes.last != GlobProgram.anyComponents {
          compiler.program.codes.append(GlobProgram.anyComponents)
        }
        index = start + 2
        continue
      }
      compiler.append(slash)
      index = try compiler.compileName(from: start)
      try Self.checkComponent(compiler.program.codes[(codesBefore + 1)...], at: start)
      if prefixLength == nil,
        compiler.program.codes[codesBefore...].contains(where: { $0 >= GlobProgram.anyByte })
      {
        prefixLength = codesBefore
      }
    }
    self.source = bytes
    self.program = compiler.program
    self.prefixLength = prefixLength ?? compiler.program.codes.count
  }

  /// Whether the pattern matches `path` itself. `path` is absolute and normalised.
  public func matches(_ path: [UInt8]) -> Bool {
    program.matches(path.count == 1 && path[0] == UInt8(ascii: "/") ? [] : path, extent: .whole)
  }

  /// Whether the pattern matches `path` or a directory above it. `path` is absolute and normalised.
  public func covers(_ path: [UInt8]) -> Bool {
    program.matches(
      path.count == 1 && path[0] == UInt8(ascii: "/") ? [] : path, extent: .wholeOrAncestor)
  }

  /// Whether it has no wildcard: it matches exactly `literalPrefix`.
  public var isLiteral: Bool { prefixLength == program.codes.count }

  /// The absolute directory before the first component with a wildcard, without escapes; the whole
  /// path when there is none. Whatever the pattern covers lies in or below it.
  public var literalPrefix: [UInt8] {
    prefixLength == 0 ? [UInt8(ascii: "/")] : literalCodes.map { UInt8(truncatingIfNeeded: $0) }
  }

  /// The same pattern below another directory: what follows ``literalPrefix`` stays as it is.
  public func replacingLiteralPrefix(with directory: [UInt8]) throws(PathPatternError) -> PathPattern {
    let slash = UInt8(ascii: "/")
    let count = literalPrefix.split(separator: slash).count
    let rest = source.split(separator: slash).dropFirst(count)
    var text: [UInt8] = []
    for name in directory.split(separator: slash) {
      text.append(slash)
      for byte in name {
        if "*?[]\\".utf8.contains(byte) { text.append(UInt8(ascii: "\\")) }
        text.append(byte)
      }
    }
    for name in rest { text += [slash] + name }
    return try PathPattern(text.isEmpty ? [slash] : text)
  }

  /// `literalPrefix` as codes, each a byte; empty for the root.
  var literalCodes: ArraySlice<GlobProgram.Code> { program.codes[..<prefixLength] }

  /// The pattern as written.
  public var bytes: [UInt8] { source }

  /// The pattern as written; bytes that are no UTF-8 are replaced.
  public var description: String { String(decoding: source, as: UTF8.self) }

  public static func == (left: PathPattern, right: PathPattern) -> Bool { left.source == right.source }

  public func hash(into hasher: inout Hasher) { hasher.combine(source) }

  private static func isDoubleStar(_ bytes: [UInt8], at start: Int) -> Bool {
    guard start + 1 < bytes.count, bytes[start] == UInt8(ascii: "*"), bytes[start + 1] == UInt8(ascii: "*")
    else { return false }
    return start + 2 == bytes.count || bytes[start + 2] == UInt8(ascii: "/")
  }

  private static func checkComponent(
    _ codes: ArraySlice<GlobProgram.Code>, at offset: Int
  ) throws(PathPatternError) {
    let dot = GlobProgram.Code(UInt8(ascii: "."))
    if codes.isEmpty { throw .emptyComponent(offset: offset) }
    if codes.count <= 2, codes.allSatisfy({ $0 == dot }) { throw .dotComponent(offset: offset) }
  }
}
