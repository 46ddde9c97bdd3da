/// `path`: a file name as the command would get it. Whether it may be read is decided when it is opened.
enum PathType {
  /// PATH_MAX without the terminating NUL (limits.h).
  static let longest = 4_095

  static func mismatch(_ value: String) -> TypeMismatch? {
    value == "-" ? nil : name(value, kind: "path")
  }

  static func name(_ value: String, kind: String) -> TypeMismatch? {
    if value.isEmpty { return TypeMismatch("an empty word is not a \(kind)") }
    if value.utf8.count > longest { return TypeMismatch("the \(kind) is longer than \(longest) bytes") }
    if value.utf8.contains(0) { return TypeMismatch("a \(kind) cannot hold a NUL byte") }
    if value.utf8.first == UInt8(ascii: "-") {
      return TypeMismatch(
        "\(shown(value)) begins with `-`", hint: "for a file of that name write `./\(value)`")
    }
    return nil
  }
}

/// `directory`: a path that is not `-`.
enum DirectoryType {
  static func mismatch(_ value: String) -> TypeMismatch? { PathType.name(value, kind: "directory") }
}
