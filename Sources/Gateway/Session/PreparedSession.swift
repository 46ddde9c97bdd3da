internal import Glibc
internal import Kernel
internal import SecureShell
internal import Wire

/// A session that has all that it will ever open, and has not given up the rest yet. Nothing of the client has been read.
struct PreparedSession: ~Copyable {
  private let server: UnauthenticatedServer
  private let connection: CInt
  private let links: SessionLinks
  private let authority: AgentAuthority
  private let deadline: Int64

  /// OpenSSH's client says that it reads no more, as in `ssh … | head`, only to a server whose name begins like this; to others
  /// it listens on until the command has ended. compat.c of OpenSSH, SSH_NEW_OPENSSH
  private static let software = "OpenSSH_compatible_Keyhole"

  private init(
    _ server: consuming UnauthenticatedServer, _ connection: CInt, _ links: SessionLinks,
    _ authority: AgentAuthority, _ deadline: Int64
  ) {
    self.server = server
    self.connection = connection
    self.links = links
    self.authority = authority
    self.deadline = deadline
  }

  static func prepare(
    _ assignment: consuming Assignment, _ listener: ListenerLink
  ) throws(SessionFailure) -> PreparedSession {
    let settings = assignment.settings
    let deadline = MonotonicClock.now + Int64(settings.authenticationTime) * 1_000_000
    let name: [UInt8]
    let links: SessionLinks
    do throws(KernelError) {
      name = try assignment.connection.connectionName()
      try assignment.connection.setNonBlocking()
      try assignment.connection.sendWithoutDelay()
      let signals = try SignalDescriptor([.terminate])
      links = SessionLinks(.reached(at: settings.broker, for: name), listener, signals, settings)
    } catch {
      if error.call == .getpeername { throw .clientGone }
      throw SessionFailure("the connection cannot be used", error)
    }
    let authority = AgentAuthority(links.broker, listener, settings, until: deadline)
    let parameters = ServerParameters(
      hostKeys: settings.hostKeys, software: Self.software, rekeyBytes: settings.rekeyBytes,
      rekeySeconds: settings.rekeyTime, channels: Int(settings.channels))
    let connection = assignment.takeConnection()
    do throws(SecureShellError) {
      let server = try UnauthenticatedServer(connection: connection, parameters, authority: authority)
      return PreparedSession(server, connection, links, authority, deadline)
    } catch {
      throw SessionFailure("the server cannot be set up", error)
    }
  }

  /// Gives up everything that is not needed to serve this one connection, for good.
  consuming func confine() throws(SessionFailure) -> UnauthenticatedSession {
    do throws(KernelError) {
      try Confinement.enter(channels: Int(links.settings.channels))
    } catch {
      throw SessionFailure("the session cannot confine itself", error)
    }
    return UnauthenticatedSession(server, connection, links, authority, deadline)
  }
}

/// Whom a session talks to besides its client, and how it is to be served.
final class SessionLinks {
  /// nil when it could not be reached: then nobody is let in.
  let broker: BrokerLink?
  let listener: ListenerLink
  let signals: SignalDescriptor
  let settings: SessionSettings

  init(
    _ broker: BrokerLink?, _ listener: ListenerLink, _ signals: consuming SignalDescriptor,
    _ settings: SessionSettings
  ) {
    self.broker = broker
    self.listener = listener
    self.signals = signals
    self.settings = settings
  }
}
