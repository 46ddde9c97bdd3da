/// A glob for one name of a directory, as glob(7) has it: what a caller wrote, not what a policy says.
///
/// An unclosed `[` is literal text, `**` is `*`, and nothing is refused but NUL and `/`.
public struct NamePattern: Sendable, Hashable {
  private let program: GlobProgram

  /// Throws `.nulByte`, and `.emptyComponent` when the text is empty or holds an unescaped `/`.
  public init(_ bytes: [UInt8]) throws(PathPatternError) {
    var compiler = GlobCompiler(bytes, mistakes: .tolerated)
    let end = try compiler.compileName(from: 0)
    guard end == bytes.count, !bytes.isEmpty else { throw .emptyComponent(offset: end) }
    self.program = compiler.program
  }

  /// Splits a path glob at its slashes: `/var/log/*.log` gives `var`, `log`, `*.log`. Empty
  /// components are dropped; whether the path is absolute is for the caller to see.
  public static func components(of glob: [UInt8]) throws(PathPatternError) -> [NamePattern] {
    var components: [NamePattern] = []
    for part in glob.split(separator: UInt8(ascii: "/")) {
      components.append(try NamePattern(Array(part)))
    }
    return components
  }

  /// Whether the pattern matches the whole of `name`. As glob(7) says, a name that begins with a dot
  /// matches only a pattern that does.
  public func matches(_ name: [UInt8]) -> Bool {
    let dot = UInt8(ascii: ".")
    if name.first == dot, program.codes.first != GlobProgram.Code(dot) { return false }
    return program.matches(name, extent: .whole)
  }

  /// The name without escapes when the pattern has no wildcard, nil otherwise.
  public var literal: [UInt8]? {
    guard program.codes.allSatisfy({ $0 < GlobProgram.anyByte }) else { return nil }
    return program.codes.map { UInt8(truncatingIfNeeded: $0) }
  }
}
