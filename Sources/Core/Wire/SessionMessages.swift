// Between keyhole-session, which serves one connection of keyhole-sshd, and the broker: a unix seqpacket socket that lives
// as long as the connection. Requests are answered in order; `call` and `goodbye` are not answered on it. The broker closes
// the socket when the agent may no longer be there; when it closes for another reason, the broker is gone.

/// A key as a client presents it: the algorithm's name and the blob in base64, as in a `.pub` file.
public struct SessionKey: Equatable, Sendable {
  public var type: String
  public var base64: String

  public init(type: String, base64: String) {
    self.type = type
    self.base64 = base64
  }
}

/// One command. The message carries four descriptors: standard input, output and error, and a seqpacket socket on which
/// one ``CallReply`` comes and whose hang-up ends the call.
public struct SessionCall: Equatable, Sendable {
  /// nil when the client asked for a shell. At most ``CallRequest/maximumLine`` bytes are sent.
  public var line: [UInt8]?
  /// How long the line was before it was cut, in bytes.
  public var lineLength: UInt32
  /// From KEYHOLE_TARGET or the user name (`diag+web-02`); nil for this host.
  public var target: [UInt8]?

  public init(line: [UInt8]?, lineLength: UInt32, target: [UInt8]?) {
    self.line = line
    self.lineLength = lineLength
    self.target = target
  }
}

/// Why a connection ended, as keyhole-session saw it. A session that ends without saying so has crashed or was killed.
public enum SessionEnd: UInt8, Equatable, Sendable, CaseIterable {
  /// The client closed the connection or lost it.
  case clientGone = 0
  /// Too long without authentication.
  case authenticationTimeout = 1
  /// Too many attempts.
  case tooManyAttempts = 2
  /// The client broke the protocol.
  case protocolError = 3
  /// Nothing happened for too long, or keepalives were not answered.
  case idle = 4
  /// A client that ignored its window, or sent more than it may.
  case limit = 5
  /// The agent was revoked.
  case revoked = 6
  /// The server stops.
  case draining = 7
}

public enum SessionRequest: Equatable, Sendable {
  /// The first message: client address, client port, server address, server port, as in SSH_CONNECTION.
  case hello(connection: [UInt8])
  /// The client offers a key and has proved nothing yet.
  case offered(SessionKey)
  /// The client proved that it has the key, and logs in as `user`.
  case proved(SessionKey, user: [UInt8])
  case call(SessionCall)
  case goodbye(SessionEnd)
  /// For sshd's AuthorizedPrincipalsCommand: whom certificates of this authority may name.
  case authority(SessionKey)
}

/// What an agent's connection is let in with.
public struct SessionAdmission: Equatable, Sendable {
  public var agent: String
  /// Commands that may run at once over this connection.
  public var calls: UInt32

  public init(agent: String, calls: UInt32) {
    self.agent = agent
    self.calls = calls
  }
}

public enum SessionReply: Equatable, Sendable {
  /// To `offered`: an agent has the key, whether or not it may come in now; or none has.
  case known(Bool)
  /// To `proved`: the connection is the agent's from now on.
  case admitted(SessionAdmission)
  /// To `proved`: it is not let in, and why.
  case refused(reason: String, hint: String)
  /// To `authority`.
  case principals([String])
  /// At any time after `admitted`, before the broker closes the socket: the agent was suspended, has expired, or is gone
  /// from the policy. Its calls end by themselves.
  case revoked(reason: String)
}
