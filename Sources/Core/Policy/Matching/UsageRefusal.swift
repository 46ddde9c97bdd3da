/// A use of a known command that its rule does not allow.
struct UsageRefusal: Error, Equatable {
  var reason: String
  var hint: String
  /// The option or verb at fault, for the rule's own `hints`.
  var word: String?

  init(_ reason: String, hint: String = "", word: String? = nil) {
    self.reason = reason
    self.hint = hint
    self.word = word
  }

  init(_ mismatch: TypeMismatch, at name: String? = nil) {
    reason = name.map { "\($0): \(mismatch.reason)" } ?? mismatch.reason
    hint = mismatch.hint
    word = nil
  }
}
