internal import Kernel

/// The socket that administrators connect to: root's alone, in a directory that only root writes. The broker makes it
/// itself, also when the service manager passes the fronts' socket: what is in that one unit has one group and mode.
struct ControlSocket: ~Copyable {
  let path: FilePath
  let listener: MessageSocket

  private static let mode: UInt32 = 0o600
  private static let backlog: CInt = 64

  private init(_ listener: consuming MessageSocket, at path: FilePath) {
    self.listener = listener
    self.path = path
  }

  /// Takes the place of a socket on which nobody listens any more.
  static func open(at path: FilePath) throws -> ControlSocket {
    try FileChanges.makeDirectory(SocketPlace.directory(of: path), mode: 0o755)
    try SocketPlace.check(path)
    if (try? MessageSocket.connected(to: path)) != nil {
      throw SocketProblem(
        description:
          "another broker listens on \(path)\nhint: `systemctl status keyhole-broker`, or another `control:` in broker.yaml"
      )
    }
    try FileChanges.remove(path)
    // Until the mode is set, SO_PEERCRED alone keeps others out.
    let listener = try MessageSocket.listening(at: path, backlog: backlog)
    try FileChanges.set(owner: .effective, group: GroupID(0), mode: mode, of: path)
    return ControlSocket(listener, at: path)
  }
}
