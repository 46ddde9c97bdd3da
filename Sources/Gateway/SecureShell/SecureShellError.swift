internal import CLibSSH

/// What libssh said.
public struct SecureShellError: Error, Equatable, Sendable {
  public var call: String
  public var message: String

  public init(_ call: String, _ message: String) {
    self.call = call
    self.message = message
  }
}
