/// A use of a known command that its rule does not allow.
struct UsageRefusal: Error, Equatable {
  var reason: String
  var hint: String
  /// The option, verb or operand that is not allowed, for the rule's own `hints`.
  var word: String?

  init(_ reason: String, hint: String = "", word: String? = nil) {
    self.reason = reason
    self.hint = hint
    self.word = word
  }

  init(_ mismatch: TypeMismatch, at name: String? = nil, word: String? = nil) {
    reason = name.map { "\($0): \(mismatch.reason)" } ?? mismatch.reason
    hint = mismatch.hint
    self.word = word
  }
}
