/// A directory of which a policy says that nothing at or below it is secret.
///
/// It is a name, not an object: whether the directory is there, and whether its name leads elsewhere over a link
/// or a mount, is for whoever opens it to see.
public struct PublicTree: Hashable, Sendable, CustomStringConvertible {
  /// No tree of a distribution has a name near this long, and each stage's plan carries all of them.
  public static let maximumLength = 255
  /// How many a policy can have.
  public static let maximumCount = 64

  /// Where anyone may write, or where the kernel and services show what they hold.
  private static let volatile: [StaticString] = [
    "/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/var/run", "/var/lock",
  ]

  /// Absolute and normalised, and never the root.
  public let path: [UInt8]

  public init(_ text: String) throws(PublicTreeError) {
    try self.init(Array(text.utf8))
  }

  /// Throws for what is not the plain name of a directory: a relative path, components `.`, `..` or empty, a slash
  /// at the end, wildcards; and for places that cannot be public whatever they hold now.
  public init(_ path: [UInt8]) throws(PublicTreeError) {
    let slash = UInt8(ascii: "/")
    guard path.first == slash else { throw .notAbsolute }
    guard path != [slash] else { throw .root }
    guard path.count <= Self.maximumLength else { throw .tooLong }
    if let offset = path.firstIndex(where: { "*?[]\\".utf8.contains($0) }) { throw .wildcard(offset: offset) }
    guard LexicalPath.isNormalized(path), !path.contains(0) else { throw .notPlain }
    for place in Self.volatile {
      let name = Array(place.description.utf8)
      if LexicalPath.isBelow(path, name) { throw .volatile(place.description) }
      if LexicalPath.isBelow(name, path) { throw .aboveVolatile(place.description) }
    }
    self.path = path
  }

  /// Whether `path`, which is normalised, is this directory or lies below it by its name.
  public func contains(_ path: [UInt8]) -> Bool { LexicalPath.isBelow(path, self.path) }

  /// The path; bytes that are no UTF-8 are replaced.
  public var description: String { String(decoding: path, as: UTF8.self) }
}
