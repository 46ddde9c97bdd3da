/// Why a text names no tree that could be public.
public enum PublicTreeError: Error, Hashable, Sendable {
  case notAbsolute
  case root
  case tooLong
  /// A character with a meaning in patterns, so many bytes from the start.
  case wildcard(offset: Int)
  /// `.`, `..`, `//`, a slash at the end or a NUL byte.
  case notPlain
  /// It lies at or below this place.
  case volatile(String)
  /// This place lies below it.
  case aboveVolatile(String)

  /// The cause, one line in lower case.
  public var message: String {
    switch self {
    case .notAbsolute: "a public tree must be an absolute path"
    case .root: "the whole file system cannot be public"
    case .tooLong: "the public tree's name is longer than \(PublicTree.maximumLength) bytes"
    case .wildcard: "a public tree is one directory, not a pattern"
    case .notPlain: "the public tree is not written in its plain form"
    case .volatile(let place): "nothing at or below \(place) can be public"
    case .aboveVolatile(let place): "\(place) lies in this tree and cannot be public"
    }
  }

  /// What to write instead, one line.
  public var hint: String {
    switch self {
    case .notAbsolute: "write the whole path, such as /usr/share"
    case .root: "list the directories that hold no secret, such as /usr/share"
    case .tooLong: "list a directory above it that holds no secret"
    case .wildcard: "write the directory; everything below it is public too: /usr/share"
    case .notPlain: "without `.`, `..`, `//` and a slash at the end"
    case .volatile: "what is there today says nothing of tomorrow; its files are checked when they are opened"
    case .aboveVolatile: "list the directories beside it"
    }
  }

  /// Where it is, in bytes from the start; nil when it concerns the whole.
  public var offset: Int? {
    if case .wildcard(let offset) = self { offset } else { nil }
  }
}
