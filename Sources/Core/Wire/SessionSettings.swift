// Between keyhole-sshd, which accepts, and the keyhole-session process of one connection: over the socket at
// ``SessionDescriptor/control`` comes one packet without content that carries two descriptors, the accepted TCP connection
// and a sealed memory file with the ``SessionSettings``. Back go bytes of ``SessionStatus``, one packet each.

/// The numbers under which keyhole-session finds what keyhole-sshd starts it with.
public enum SessionDescriptor: Int32, Sendable, CaseIterable {
  case standardInput = 0
  case standardOutput = 1
  /// The server's log.
  case standardError = 2
  case control = 3
  /// A sealed memory file with the exported seccomp program of sessions.
  case filter = 4
}

/// What a session tells the listener as it goes on.
public enum SessionStatus: UInt8, Equatable, Sendable, CaseIterable {
  /// It no longer counts among the unauthenticated ones.
  case authenticated = 1
  /// A key was not accepted.
  case attemptFailed = 2
}

/// What keyhole-sshd's configuration says of each connection.
public struct SessionSettings: Equatable, Sendable {
  /// Private host keys in OpenSSH's PEM form, one of each type.
  public var hostKeys: [[UInt8]]
  /// Where the broker waits for sessions.
  public var broker: [UInt8]
  /// Which user names are served: this one, and this one followed by `+` and a VM's name.
  public var user: [UInt8]
  /// From the first byte to authentication, in milliseconds.
  public var authenticationTime: UInt32
  public var authenticationAttempts: UInt32
  /// Without a command running, in milliseconds; 0 for ever.
  public var idleTime: UInt32
  /// Channels at once.
  public var channels: UInt32
  /// Between keepalives, in milliseconds, and how many may go unanswered; 0 for none.
  public var keepaliveInterval: UInt32
  public var keepaliveCount: UInt32
  public var rekeyBytes: UInt64
  /// In seconds.
  public var rekeyTime: UInt32
  /// Of standard input, over the whole connection.
  public var inputBytes: UInt64
  /// How long running commands may go on once the server stops, in milliseconds.
  public var drainTime: UInt32

  public init(
    hostKeys: [[UInt8]], broker: [UInt8], user: [UInt8], authenticationTime: UInt32,
    authenticationAttempts: UInt32, idleTime: UInt32, channels: UInt32, keepaliveInterval: UInt32,
    keepaliveCount: UInt32, rekeyBytes: UInt64, rekeyTime: UInt32, inputBytes: UInt64, drainTime: UInt32
  ) {
    self.hostKeys = hostKeys
    self.broker = broker
    self.user = user
    self.authenticationTime = authenticationTime
    self.authenticationAttempts = authenticationAttempts
    self.idleTime = idleTime
    self.channels = channels
    self.keepaliveInterval = keepaliveInterval
    self.keepaliveCount = keepaliveCount
    self.rekeyBytes = rekeyBytes
    self.rekeyTime = rekeyTime
    self.inputBytes = inputBytes
    self.drainTime = drainTime
  }
}

extension SessionSettings: WireMessage {
  public static let kind = WireKind.sessionSettings
  public static let maximumSize = WireLimit.packet

  public func encode(to encoder: inout WireEncoder) {
    encoder.byteStrings(hostKeys)
    encoder.byteString(broker)
    encoder.byteString(user)
    encoder.integer(authenticationTime)
    encoder.integer(authenticationAttempts)
    encoder.integer(idleTime)
    encoder.integer(channels)
    encoder.integer(keepaliveInterval)
    encoder.integer(keepaliveCount)
    encoder.integer(rekeyBytes)
    encoder.integer(rekeyTime)
    encoder.integer(inputBytes)
    encoder.integer(drainTime)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    hostKeys = try decoder.byteStrings(.key, atMost: WireLimit.hostKeys, eachAtMost: WireLimit.hostKey)
    broker = try decoder.byteString(.path, atMost: WireLimit.path)
    user = try decoder.byteString(.user, atMost: WireLimit.user)
    authenticationTime = try decoder.integer()
    authenticationAttempts = try decoder.integer()
    idleTime = try decoder.integer()
    channels = try decoder.integer()
    keepaliveInterval = try decoder.integer()
    keepaliveCount = try decoder.integer()
    rekeyBytes = try decoder.integer()
    rekeyTime = try decoder.integer()
    inputBytes = try decoder.integer()
    drainTime = try decoder.integer()
  }
}

/// With which status a session ends: what the listener's penalties go by.
public enum SessionExit: UInt8, Equatable, Sendable, CaseIterable {
  /// The client was authenticated, whatever came after.
  case served = 0
  /// The client left before it was authenticated and did nothing wrong.
  case leftEarly = 1
  /// The client had keys that were not accepted, or too many.
  case notAccepted = 2
  /// Too long without authentication.
  case timedOut = 3
  /// Not SSH, or broken SSH.
  case protocolError = 4
  /// Keyhole's own fault: no penalty.
  case failed = 5
}
