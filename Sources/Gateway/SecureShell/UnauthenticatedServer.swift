internal import CLibSSH

/// The server's end of a connection whose client is nobody yet. It has no channels: libssh refuses to open one, and this
/// type has no way to ask for one.
public struct UnauthenticatedServer: ~Copyable {
  /// How far the connection has come.
  public enum Progress: Equatable, Sendable {
    case exchangingKeys
    case authenticating
    /// ``authenticated()`` goes on.
    case authenticated
    /// The client left, or broke the protocol: what libssh said.
    case ended(reason: String)
  }

  private let handle: ServerHandle
  private var haveKeys = false

  /// Takes over a connected socket that must not block. Nothing is read or sent yet.
  ///
  /// Throws when libssh refuses a host key or an algorithm.
  public init(
    connection: CInt, _ parameters: ServerParameters, authority: any Authority
  ) throws(SecureShellError) {
    let callbacks = ServerCallbacks(authority)
    callbacks.channelLimit = parameters.channels
    handle = try .make(connection: connection, parameters, callbacks)
  }

  /// What libssh has to say about the end of the connection.
  public var reason: String { handle.reason }
  public var wantsToRead: Bool { handle.wantsToRead }
  public var wantsToWrite: Bool { handle.wantsToWrite }
  /// Of the wire, in bytes.
  public var bytesReceived: UInt64 { handle.callbacks.meter.bytesReceived }
  public var packetsReceived: UInt64 { handle.callbacks.meter.packetsReceived }
  /// So much waits to be written that nothing more should be read.
  public var isCongested: Bool { handle.isCongested }
  /// Requests to authenticate that libssh left without an answer: a wrong signature, an algorithm that is not taken, a
  /// kind of key that it does not know.
  public var unansweredRequests: Int { handle.callbacks.meter.unansweredRequests }
  /// Whether the client asked for a service that is not authentication. RFC 4253, 10
  public var askedForOtherService: Bool { handle.callbacks.askedForOtherService }

  /// Handles what has come, without waiting. While the server is congested, it is to be called once the client takes
  /// something.
  public mutating func step() -> Progress {
    if !haveKeys {
      switch handle.exchangeKeys() {
      case .waiting: return handle.isBroken ? .ended(reason: handle.reason) : .exchangingKeys
      case .failed: return .ended(reason: handle.reason)
      case .done: haveKeys = true
      }
    } else {
      // One at a time, so that limits are looked at after each.
      handle.process(steps: 1)
    }
    if handle.isBroken { return .ended(reason: handle.reason) }
    return handle.callbacks.isAuthenticated ? .authenticated : .authenticating
  }

  /// The same connection once its client is somebody; nil before.
  public consuming func authenticated() -> AuthenticatedServer? {
    handle.callbacks.isAuthenticated ? AuthenticatedServer(handle) : nil
  }

  /// Shows text to a user who is not let in. RFC 4252, 5.4
  public func show(_ banner: String) {
    unsafe ServerCallbacks.show(banner, on: handle.session)
  }

  /// Says why and closes.
  public consuming func disconnect(_ reason: String) {
    handle.disconnect(reason)
  }
}
