/// Names a connection in its own records and in those of its calls: 64 random bits, as 16 hexadecimal digits.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
  private let id: CallID

  public init() { id = CallID() }

  public init?(_ text: String) {
    guard let id = CallID(text) else { return nil }
    self.id = id
  }

  public var description: String { id.description }
}
