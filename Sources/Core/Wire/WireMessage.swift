/// A value with one fixed encoding: what decodes encodes again to the same bytes.
public protocol WireCodable: Equatable, Sendable {
  func encode(to encoder: inout WireEncoder)
  init(from decoder: inout WireDecoder) throws(WireError)
}

/// A value that travels by itself: version byte, kind byte, then the fields in order of declaration.
///
/// Integers are little-endian and of fixed width; byte strings, texts and lists begin with a `u32` count; an optional
/// begins with a byte 0 or 1, an enumeration with its tag byte. docs/architecture.md says who sends which to whom.
public protocol WireMessage: WireCodable {
  static var kind: WireKind { get }
  /// Upper bound of the whole encoding, in bytes; a longer buffer is not looked into.
  static var maximumSize: Int { get }
}

public enum WireKind: UInt8, Equatable, Sendable, CaseIterable {
  case callRequest = 1
  case callReply = 2
  case confinement = 3
  case callPlan = 4
  case callEvent = 5
  case controlRequest = 6
  case controlReply = 7
  case policyFindings = 8
  case sessionRequest = 9
  case sessionReply = 10
  case sessionSettings = 11
}

/// Both ends are installed together: there is one version, and another one is an error.
public let wireVersion: UInt8 = 1

extension WireMessage {
  /// The whole message. A value within ``WireLimit`` takes at most ``maximumSize`` bytes; text for people is
  /// shortened to its limit, anything else above a limit is encoded as it is, and the receiver refuses it.
  public func encoded() -> [UInt8] {
    var encoder = WireEncoder()
    encoder.integer(wireVersion)
    encoder.integer(Self.kind.rawValue)
    encode(to: &encoder)
    return encoder.bytes
  }

  /// Decodes exactly one message that fills `bytes`.
  ///
  /// Throws for every other input and traps for none; allocates no more than a small multiple of `bytes.count`.
  public init(decoding bytes: [UInt8]) throws(WireError) {
    guard bytes.count <= Self.maximumSize else { throw .tooLong(.message) }
    var decoder = WireDecoder(bytes)
    let version = try decoder.integer(UInt8.self)
    guard version == wireVersion else { throw .badVersion(version) }
    let kind = try decoder.integer(UInt8.self)
    guard kind == Self.kind.rawValue else { throw .unknownTag(.kind, kind) }
    try self.init(from: &decoder)
    guard decoder.isAtEnd else { throw .trailing }
  }
}
