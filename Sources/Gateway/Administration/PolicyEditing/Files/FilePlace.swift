internal import Glibc
internal import Kernel

/// Names of files, as text.
enum FilePlace {
  static func path(_ text: String) throws(KernelError) -> FilePath {
    // A text with a NUL byte names no file.
    guard let path = FilePath(Array(text.utf8)) else { throw KernelError(.openat2, on: text, code: EINVAL) }
    return path
  }

  /// `/etc/keyhole/policy` and `agents.yaml` of `/etc/keyhole/policy/agents.yaml`.
  static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = String(path[path.utf8.index(after: slash)...])
    return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
  }

  /// A name beside `path` that policies leave out, since it begins with a dot.
  static func hidden(_ path: String, _ suffix: String) -> String {
    let (directory, name) = split(path)
    return "\(directory)/.\(name).\(suffix)"
  }

  /// 16 digits that nobody can foresee.
  static func randomDigits() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Whether anything has that name, a link that leads nowhere too.
  static func exists(_ path: String) -> Bool {
    guard let path = try? Self.path(path) else { return false }
    return (try? FileDescriptor.open(path, [.path, .noFollow])) != nil
  }

  /// The whole of a regular file that is no link; nil when there is none. A file larger than `limit` is an error.
  static func read(_ path: String, limit: Int) throws(KernelError) -> [UInt8]? {
    do throws(KernelError) {
      let file = try FileDescriptor.open(try Self.path(path), [.readOnly, .noFollow, .nonBlocking])
      guard try file.status().kind == .regular else { throw KernelError(.openat2, on: path, code: EINVAL) }
      let bytes = try file.readAll(limit: limit)
      guard bytes.count <= limit else { throw KernelError(.read, on: path, code: EFBIG) }
      return bytes
    } catch  where error.code == ENOENT {
      return nil
    }
  }
}
