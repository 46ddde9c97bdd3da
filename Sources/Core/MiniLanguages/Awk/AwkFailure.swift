/// A refusal on its way out of the parser, as one word: the refusal itself is larger, and each call that may throw it
/// would keep room for it on the stack, which limits how deeply a program may be nested.
final class AwkFailure: Error {
  let refusal: ProgramRefusal

  init(offset: Int, reason: String, hint: String = "") {
    refusal = ProgramRefusal(offset: offset, reason: reason, hint: hint)
  }
}
