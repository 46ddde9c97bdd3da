/// One thing that the gateway needs of its host.
protocol HostCheck: Sendable {
  /// A few words, for the first column of a report.
  var name: String { get }
  func examine() -> Finding
}

/// What a check found.
struct Finding: Equatable, Sendable {
  enum State: String, Equatable, Sendable {
    case ok
    /// The gateway works without it, and less well.
    case warning
    /// The gateway refuses to work without it.
    case missing
  }

  var state: State
  /// What is there, or what is not, one line.
  var detail: String
  /// How to get it; empty when nothing is to be done.
  var remedy: String

  static func ok(_ detail: String) -> Finding { Finding(state: .ok, detail: detail, remedy: "") }

  static func warning(_ detail: String, remedy: String) -> Finding {
    Finding(state: .warning, detail: detail, remedy: remedy)
  }

  static func missing(_ detail: String, remedy: String) -> Finding {
    Finding(state: .missing, detail: detail, remedy: remedy)
  }
}
