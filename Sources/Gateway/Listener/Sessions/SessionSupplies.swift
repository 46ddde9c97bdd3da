internal import Glibc
internal import Kernel
internal import ListenerSettings
internal import SystemCallFilter
internal import Wire

/// What every session is started with, prepared once for each reading of the settings.
final class SessionSupplies {
  /// keyhole-session, by object.
  private let program: FileDescriptor
  /// The exported seccomp program.
  private let filter: FileDescriptor
  /// A sealed memory file with ``SessionSettings``.
  private let settings: FileDescriptor
  private let null: FileDescriptor

  init(_ configuration: ListenerConfiguration, hostKeys: [HostKeyFile.Loaded]) throws {
    program = try Self.program(configuration.session)
    filter = try FilterExport.sessionFile()
    null = try .open("/dev/null", .readWrite)
    let settings = SessionSettings(configuration, hostKeys: hostKeys.map(\.pem)).encoded()
    guard settings.count <= SessionSettings.maximumSize else {
      throw UnusableSetting("the host keys are too long together\nhint: one of each type is enough")
    }
    self.settings = try FileDescriptor.memoryFile(named: "keyhole-session-settings", holding: settings)
  }

  private static func program(_ text: String) throws -> FileDescriptor {
    guard let path = FilePath(Array(text.utf8)) else { throw UnusableSetting("a path with a NUL byte") }
    let program: FileDescriptor
    do throws(KernelError) {
      program = try .open(path, .path)
    } catch {
      throw UnusableSetting(
        "`session:` does not lead to keyhole-session: \(error)\nhint: scripts/install puts it in place")
    }
    let status = try program.status()
    // Whoever can change it gets the host keys.
    guard status.kind == .regular, status.user == .root || status.user == .effective, status.mode & 0o022 == 0
    else {
      throw UnusableSetting(
        "\(path) may be changed by others\nhint: chown root: \(path) && chmod 755 \(path)")
    }
    return program
  }

  /// Starts keyhole-session. It outlives this process: when the listener goes, running commands may end.
  func start() throws(KernelError) -> WaitingSession {
    var ends = try MessageSocket.pair()
    let control = MessageSocket(owning: ends.takeFirst())
    let theirs = ends.takeSecond()
    try control.descriptor.setNonBlocking()
    // In the order of SessionDescriptor.
    var plan = SpawnPlan(
      arguments: [Array("keyhole-session".utf8)], environment: [],
      descriptors: [null.number, null.number, STDERR_FILENO, theirs.number, filter.number])
    plan.newSession = true
    return WaitingSession(process: try ChildProcess.spawn(program, plan), control: control)
  }

  /// Hands a connection over. When that fails, the session is of no use.
  func handOver(_ connection: borrowing AcceptedConnection, to session: WaitingSession) throws(KernelError) {
    // Opened anew, so that no two sessions share a position in it.
    let settings = try settings.reopen(.readOnly)
    let number = connection.descriptor.number
    try session.control.send([1], descriptors: [number, settings.number])
  }
}

extension SessionSettings {
  init(_ configuration: ListenerConfiguration, hostKeys: [[UInt8]]) {
    let limits = configuration.limits
    self.init(
      hostKeys: hostKeys, broker: Array(configuration.broker.utf8),
      user: Array(ListenerConfiguration.user.utf8),
      authenticationTime: UInt32(clamping: limits.authenticationTime),
      authenticationAttempts: UInt32(clamping: limits.attempts), idleTime: UInt32(clamping: limits.idle),
      channels: UInt32(clamping: limits.channels),
      keepaliveInterval: UInt32(clamping: limits.keepaliveInterval),
      keepaliveCount: UInt32(clamping: limits.keepaliveCount),
      rekeyBytes: UInt64(clamping: limits.rekeyBytes),
      rekeyTime: UInt32(clamping: limits.rekeyTime / 1000), inputBytes: UInt64(clamping: limits.inputBytes),
      drainTime: UInt32(clamping: limits.drain))
  }
}
