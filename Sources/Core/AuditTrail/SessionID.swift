/// Names a connection in its own records and in those of its calls: 64 random bits, as 16 hexadecimal digits.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
  private let id: CallID

  var bits: UInt64 { id.bits }

  public init() { id = CallID() }

  init(bits: UInt64) { id = CallID(bits: bits) }

  public init?(_ text: String) {
    guard let id = CallID(text) else { return nil }
    self.id = id
  }

  public var description: String { id.description }
}
