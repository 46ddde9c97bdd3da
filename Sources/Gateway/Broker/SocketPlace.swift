internal import Kernel

/// A socket that the broker cannot listen on.
struct SocketProblem: Error, CustomStringConvertible {
  var description: String
}

/// Where a socket of the broker stands.
enum SocketPlace {
  /// Nobody but root may put another socket in this one's place.
  static func check(_ path: FilePath) throws {
    let place = directory(of: path)
    let parent = try FileDescriptor.open(place, [.path, .directory]).status()
    guard parent.user == .root || parent.user == .effective, parent.mode & 0o022 == 0 else {
      throw SocketProblem(
        description: "\(place) may be changed by others\nhint: chown root: \(place) && chmod 755 \(place)")
    }
  }

  static func directory(of path: FilePath) -> FilePath {
    let end = path.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0
    return FilePath(end == 0 ? [UInt8(ascii: "/")] : Array(path.bytes[..<end])) ?? "/"
  }
}
