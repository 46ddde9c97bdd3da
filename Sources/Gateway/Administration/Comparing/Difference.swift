internal import Policy

/// One difference between two policies that means something.
struct Difference: Equatable {
  /// What a difference does, the most dangerous first.
  enum Effect: Int, Equatable, Comparable, CaseIterable {
    /// Something was secret and is not any more.
    case exposes
    /// Something becomes possible.
    case opens
    /// Something is done in another way, and which way is safer cannot be told.
    case alters
    /// Something becomes impossible.
    case closes
    /// Only what is said or tested is another.
    case words

    static func < (left: Effect, right: Effect) -> Bool { left.rawValue < right.rawValue }

    var name: String {
      switch self {
      case .exposes: "exposes"
      case .opens: "opens"
      case .alters: "alters"
      case .closes: "closes"
      case .words: "words"
      }
    }
  }

  var effect: Effect
  /// What it is about: `command journalctl`, `role logs`, `agent claude`, `secrets`.
  var subject: String
  /// One line that says what differs.
  var text: String
  /// Where it stood, if it did.
  var old: String?
  /// Where it stands, if it does.
  var new: String?

  init(_ effect: Effect, _ subject: String, _ text: String, old: String? = nil, new: String? = nil) {
    self.effect = effect
    self.subject = subject
    self.text = text
    self.old = old
    self.new = new
  }
}

/// Elements of two lists of texts: those that are only in the one, and only in the other.
struct ListDifference {
  let gone: [String]
  let added: [String]

  init(_ old: some Sequence<String>, _ new: some Sequence<String>) {
    let (before, after) = (Set(old), Set(new))
    gone = before.subtracting(after).sorted()
    added = after.subtracting(before).sorted()
  }
}
