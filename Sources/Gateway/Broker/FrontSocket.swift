internal import Kernel

/// The socket that fronts connect to: passed by the service manager, or made here.
enum FrontSocket {
  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  /// Only the front's group may connect, and the broker's own user.
  private static let mode: UInt32 = 0o660

  static func open(at path: FilePath, group: GroupID) throws -> MessageSocket {
    let passed = ServiceManager.listeningSockets()
    if passed.count > 1 {
      throw Problem(description: "the service manager passed \(passed.count) sockets, and one is expected")
    }
    let socket: MessageSocket
    if let number = passed.first {
      socket = MessageSocket(owning: FileDescriptor(owning: number))
    } else {
      socket = try make(at: path, group: group)
    }
    try check(path)
    return socket
  }

  private static func make(at path: FilePath, group: GroupID) throws -> MessageSocket {
    if (try? MessageSocket.connected(to: path)) != nil {
      throw Problem(
        description:
          "another broker listens on \(path)\nhint: `systemctl status keyhole-broker`, or another `socket:` in broker.yaml"
      )
    }
    try FileChanges.makeDirectory(directory(of: path), mode: 0o755)
    try FileChanges.remove(path)
    let socket = try MessageSocket.listening(at: path, backlog: 512)
    try FileChanges.set(owner: .effective, group: group, mode: mode, of: path)
    return socket
  }

  /// Whoever may connect may claim any key, so nobody but the front may, and nobody may put another socket in its place.
  private static func check(_ path: FilePath) throws {
    let socket = try FileDescriptor.open(path, [.path, .noFollow]).status()
    guard socket.kind == .socket, socket.user == .root || socket.user == .effective, socket.mode & 0o007 == 0
    else {
      throw Problem(
        description:
          "\(path) may be used by everyone or belongs to somebody else\nhint: chown root: \(path) && chmod 660 \(path)"
      )
    }
    let parent = try FileDescriptor.open(directory(of: path), [.path, .directory]).status()
    guard parent.user == .root || parent.user == .effective, parent.mode & 0o022 == 0 else {
      throw Problem(
        description:
          "\(directory(of: path)) may be changed by others\nhint: chown root: \(directory(of: path)) && chmod 755 \(directory(of: path))"
      )
    }
  }

  private static func directory(of path: FilePath) -> FilePath {
    let end = path.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0
    return FilePath(end == 0 ? [UInt8(ascii: "/")] : Array(path.bytes[..<end])) ?? "/"
  }
}
