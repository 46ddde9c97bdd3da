/// What an administrator sets in sshd.yaml. docs/operations.md describes each key.
public struct ListenerConfiguration: Equatable, Sendable {
  /// Ignored when the service manager passes sockets.
  public var listen = ListenAddress.everywhere(port: 2222)
  /// Private keys, one of each type. One that is missing is made, if it is ed25519 by its name.
  public var hostKeys = ["/var/lib/keyhole-ssh/ssh_host_ed25519_key"]
  /// Where the broker waits for sessions.
  public var broker = "/run/keyhole/sessions.sock"
  /// The keyhole-session program.
  public var session = "/usr/lib/keyhole/keyhole-session"
  /// Whom the server runs as when root starts it.
  public var runAs = "keyhole-ssh"
  /// Of swift-log, such as `info` or `debug`.
  public var log = "info"
  public var limits = Limits()
  public var penalties = Penalties()

  /// The user name of agents in SSH, also for the broker and for sshd; `NAME+VM` is another target.
  public static let user = "diag"

  public init() {}
}
