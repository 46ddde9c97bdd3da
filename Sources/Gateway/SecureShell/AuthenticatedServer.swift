internal import CLibSSH

/// The server's end of a connection whose client has authenticated: only here are there channels.
public struct AuthenticatedServer: ~Copyable {
  private let handle: ServerHandle

  init(_ handle: consuming ServerHandle) {
    self.handle = handle
  }

  public var wantsToRead: Bool { handle.wantsToRead }
  public var wantsToWrite: Bool { handle.wantsToWrite }
  public var packetsReceived: UInt64 { handle.callbacks.meter.packetsReceived }
  /// So much waits to be written that nothing more should be read.
  public var isCongested: Bool { handle.isCongested }
  /// The client is gone, or broke the protocol.
  public var isBroken: Bool { handle.isBroken }
  /// What libssh has to say about that.
  public var reason: String { handle.reason }

  /// Handles what has come and writes what waits, without waiting.
  public func process() {
    handle.process(steps: 16)
  }

  /// From now on no channel is opened.
  public func refuseChannels() {
    handle.callbacks.channelLimit = 0
  }

  /// The next channel that the client has opened; nil when there is none.
  public func nextChannel() -> Channel? {
    guard !handle.callbacks.opened.isEmpty else { return nil }
    return Channel(handle.callbacks.opened.removeFirst(), handle.callbacks)
  }

  /// Asks the client for a sign of life, which shows in ``packetsReceived``.
  public func sendKeepalive() {
    // Once the last one is answered, the first call only takes note of that.
    let sent = handle.callbacks.meter.packetsSent
    unsafe _ = ssh_send_keepalive(handle.session)
    if handle.callbacks.meter.packetsSent == sent { unsafe _ = ssh_send_keepalive(handle.session) }
  }

  /// Says why and closes; channels that are left do nothing any more.
  public consuming func disconnect(_ reason: String) {
    handle.callbacks.isGone = true
    handle.disconnect(reason)
  }
}
