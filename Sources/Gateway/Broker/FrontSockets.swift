internal import Kernel

/// The two sockets that fronts connect to: passed by the service manager, or made here.
struct FrontSockets: ~Copyable {
  private var calls: MessageSocket?
  private var sessions: MessageSocket?

  /// Only the front's group may connect, and the broker's own user.
  private static let mode: UInt32 = 0o660

  /// One socket that the manager passed is told from the other by the path that it is bound to. unix(7)
  init(calls: FilePath, sessions: FilePath, group: GroupID) throws {
    var passed = ServiceManager.listeningSockets().map { Passed(number: $0) }
    self.calls = try Self.open(at: calls, key: "socket", &passed, group)
    self.sessions = try Self.open(at: sessions, key: "sessions", &passed, group)
    if let other = passed.first {
      throw SocketProblem(
        description:
          "the service manager passed a socket at \(other.path ?? "no path"), which is neither \(calls) nor \(sessions)\nhint: let `socket:` and `sessions:` in broker.yaml name what keyhole-broker.socket has"
      )
    }
  }

  /// For keyhole-shell, once.
  mutating func takeCalls() -> MessageSocket { Self.take(&calls) }

  /// For the embedded server, once.
  mutating func takeSessions() -> MessageSocket { Self.take(&sessions) }

  private static func take(_ socket: inout MessageSocket?) -> MessageSocket {
    guard let taken = socket.take() else { preconditionFailure("a socket was taken twice") }
    return taken
  }

  /// A socket of the service manager. Its number stays open until somebody takes it over.
  private struct Passed {
    let number: CInt
    let path: FilePath?

    init(number: CInt) {
      self.number = number
      path = MessageSocket.boundPath(of: number)
    }
  }

  private static func open(
    at path: FilePath, key: String, _ passed: inout [Passed], _ group: GroupID
  ) throws -> MessageSocket {
    let socket: MessageSocket
    if let index = passed.firstIndex(where: { $0.path == path }) {
      socket = MessageSocket(owning: FileDescriptor(owning: passed.remove(at: index).number))
    } else {
      socket = try make(at: path, key: key, group: group)
    }
    try check(path)
    return socket
  }

  private static func make(at path: FilePath, key: String, group: GroupID) throws -> MessageSocket {
    if (try? MessageSocket.connected(to: path)) != nil {
      throw SocketProblem(
        description:
          "another broker listens on \(path)\nhint: `systemctl status keyhole-broker`, or another `\(key):` in broker.yaml"
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
