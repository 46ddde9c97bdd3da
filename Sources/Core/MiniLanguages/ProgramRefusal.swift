/// Why a program for sed, awk or jq may not run.
///
/// A program is parsed whole, and what runs is not its text but what its tree prints: so no difference between this
/// parser and the tool's own can hide anything.
public struct ProgramRefusal: Error, Equatable, Sendable {
  /// Byte offset into the program, for a caret.
  public var offset: Int
  /// The cause, one line in lower case, such as "`system` runs commands".
  public var reason: String
  /// What to write instead, one line; may be empty.
  public var hint: String

  public init(offset: Int, reason: String, hint: String = "") {
    self.offset = offset
    self.reason = reason
    self.hint = hint
  }
}
