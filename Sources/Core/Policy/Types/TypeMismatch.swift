/// Why a value is not of a type, and what would be.
public struct TypeMismatch: Equatable, Sendable {
  /// One line in lower case that names the value.
  public var reason: String
  /// What to write instead; may be empty.
  public var hint: String

  public init(_ reason: String, hint: String = "") {
    self.reason = reason
    self.hint = hint
  }
}
