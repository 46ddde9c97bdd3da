public import InternetAddresses

/// How long a source is kept out for what its connections did; the times add up. In milliseconds.
/// sshd_config(5), PerSourcePenalties
public struct Penalties: Equatable, Sendable {
  /// Without it nobody is kept out.
  public var isOn = true
  /// A session that crashed.
  public var crash = 90_000
  /// Keys that were not accepted, or too many.
  public var notAccepted = 5_000
  /// The client left before it was authenticated.
  public var leftEarly = 1_000
  public var timedOut = 10_000
  /// Not SSH, broken SSH, or no algorithm in common: ssh-keyscan(1) asks for each type of key in a connection of its own.
  public var protocolError = 1_000
  /// Below this sum nobody is kept out.
  public var threshold = 15_000
  /// A source's sum grows no further.
  public var maximum = 600_000
  /// Sources remembered at most; those whose penalty is over first are forgotten first.
  public var sources = 65_536
  public var exempt: [Network] = []

  public init() {}
}
