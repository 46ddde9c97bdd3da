/// The secret denylist: what no command may read, in policy order.
///
/// An entry denies the paths that its pattern matches and everything below them.
public struct SecretPaths: Sendable, Equatable {
  public struct Entry: Sendable, Hashable {
    public var pattern: PathPattern
    /// What is secret there, such as "password hashes".
    public var reason: String
    /// Where the rule stands, as `file:line:column`.
    public var location: String

    public init(pattern: PathPattern, reason: String, location: String) {
      self.pattern = pattern
      self.reason = reason
      self.location = location
    }
  }

  public let entries: [Entry]
  private let index: LiteralPrefixIndex

  public init(_ entries: [Entry]) {
    self.entries = entries
    self.index = LiteralPrefixIndex(entries)
  }

  /// The first entry that denies `path` or a directory above it, nil when none does.
  ///
  /// `path` is absolute: the resolved name of the object to be opened. It is normalised lexically
  /// first when it is not, so that `//etc/./shadow` cannot slip past a pattern.
  public func denial(of path: [UInt8]) -> Entry? {
    let path = LexicalPath.isNormalized(path) ? path : LexicalPath.normalized(path)
    return index.firstEntry(covering: path).map { entries[$0] }
  }

  /// Whether nothing at `directory` or below it can be denied, told without looking at each pattern as a whole: false
  /// may also mean that patterns begin above or below. `directory` is absolute and normalised, and not the root.
  public func isClear(below directory: [UInt8]) -> Bool { index.isClear(below: directory) }

  public func denial(of path: String) -> Entry? {
    denial(of: Array(path.utf8))
  }

  public static func == (left: SecretPaths, right: SecretPaths) -> Bool { left.entries == right.entries }
}
