// Between a front (keyhole-shell, keyhole-sshd) and the broker: one request with three descriptors
// (stdin, stdout, stderr, in this order), one reply. A unix seqpacket socket keeps message bounds.

/// What a front hands over: the bytes it got, not one of them interpreted.
public struct CallRequest: Equatable, Sendable {
  /// SSH_ORIGINAL_COMMAND; nil when the client asked for a shell. At most ``maximumLine`` bytes are sent.
  public var line: [UInt8]?
  /// How long the line was before it was cut, in bytes.
  public var lineLength: UInt32
  /// SSH_CONNECTION: client address, client port, server address, server port.
  public var connection: [UInt8]
  /// The contents of the file that SSH_USER_AUTH names (sshd_config(5), ExposeAuthInfo).
  public var authentication: [UInt8]
  /// KEYHOLE_TARGET, or nil.
  public var target: [UInt8]?

  /// A longer line is refused anyway; this much of it is still worth a record.
  public static let maximumLine = 8192

  public init(
    line: [UInt8]?, lineLength: UInt32, connection: [UInt8], authentication: [UInt8], target: [UInt8]?
  ) {
    self.line = line
    self.lineLength = lineLength
    self.connection = connection
    self.authentication = authentication
    self.target = target
  }
}

/// How a call ended, and what to say about it on the caller's standard error.
public struct CallReply: Equatable, Sendable {
  /// The exit status for the client, as ssh(1) reports it.
  public var status: UInt8
  /// Keyhole's own words, without the `keyhole: ` prefix, one line each; often none.
  public var messages: [String]

  public init(status: UInt8, messages: [String] = []) {
    self.status = status
    self.messages = messages
  }
}
