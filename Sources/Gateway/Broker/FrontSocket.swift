internal import Kernel

/// The socket that fronts connect to: passed by the service manager, or made here.
enum FrontSocket {
  /// Only the front's group may connect, and the broker's own user.
  private static let mode: UInt32 = 0o660

  static func open(at path: FilePath, group: GroupID) throws -> MessageSocket {
    let passed = ServiceManager.listeningSockets()
    if passed.count > 1 {
      throw SocketProblem(
        description: "the service manager passed \(passed.count) sockets, and one is expected")
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
      throw SocketProblem(
        description:
          "another broker listens on \(path)\nhint: `systemctl status keyhole-broker`, or another `socket:` in broker.yaml"
      )
    }
    try FileChanges.makeDirectory(SocketPlace.directory(of: path), mode: 0o755)
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
      throw SocketProblem(
        description:
          "\(path) may be used by everyone or belongs to somebody else\nhint: chown root: \(path) && chmod 660 \(path)"
      )
    }
    try SocketPlace.check(path)
  }
}
