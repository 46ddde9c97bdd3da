internal import Wire

/// How far a session has come. There is no way back.
enum SessionPhase: CaseIterable, Sendable {
  /// It has said nothing yet.
  case connected
  /// It has said whom it serves; nobody is authenticated.
  case greeted
  /// It speaks for an agent.
  case admitted
}

/// What a session may say, when, how often, and with how many descriptors. Anything else ends it.
struct SessionRule: Sendable {
  let message: SessionMessage
  let phase: Set<SessionPhase>
  /// In the life of a session; nil without a bound.
  let most: Int?
  let descriptors: Int

  static let table: [SessionRule] = [
    SessionRule(message: .hello, phase: [.connected], most: 1, descriptors: 0),
    SessionRule(message: .offered, phase: [.greeted], most: 64, descriptors: 0),
    SessionRule(message: .proved, phase: [.greeted], most: 16, descriptors: 0),
    SessionRule(message: .authority, phase: [.greeted], most: 16, descriptors: 0),
    SessionRule(message: .call, phase: [.admitted], most: nil, descriptors: 4),
    SessionRule(message: .goodbye, phase: [.greeted, .admitted], most: 1, descriptors: 0),
  ]
}

/// The kinds of what a session says.
enum SessionMessage: String, CaseIterable, Sendable {
  case hello, offered, proved, call, goodbye, authority

  init(_ request: SessionRequest) {
    self =
      switch request {
      case .hello: .hello
      case .offered: .offered
      case .proved: .proved
      case .call: .call
      case .goodbye: .goodbye
      case .authority: .authority
      }
  }
}

/// What a session did that it may not do.
enum SessionViolation: Error, Equatable, CustomStringConvertible {
  case notUnderstood(WireError)
  case outOfTurn(SessionMessage, SessionPhase)
  case tooOften(SessionMessage)
  case descriptors(SessionMessage, got: Int)
  case unreadable(String)
  case silent
  case doesNotRead

  var description: String {
    switch self {
    case .notUnderstood(let error): "a message is not understood: \(error)"
    case .outOfTurn(let message, let phase): "`\(message.rawValue)` while \(phase)"
    case .tooOften(let message): "`\(message.rawValue)` too often"
    case .descriptors(let message, let got): "`\(message.rawValue)` with \(got) descriptors"
    case .unreadable(let error): "a message cannot be read: \(error)"
    case .silent: "it took too long"
    case .doesNotRead: "it does not read its answers"
    }
  }
}

/// Where a session is in the table, and what it has used up of it.
struct SessionProgress: Sendable {
  private(set) var phase = SessionPhase.connected
  private var said: [SessionMessage: Int] = [:]

  /// Notes one message, or says why it may not come now.
  mutating func admit(
    _ request: SessionRequest, descriptors: Int
  ) throws(SessionViolation) {
    let message = SessionMessage(request)
    guard let rule = SessionRule.table.first(where: { $0.message == message }), rule.phase.contains(phase)
    else { throw .outOfTurn(message, phase) }
    let count = said[message, default: 0] + 1
    if let most = rule.most, count > most { throw .tooOften(message) }
    guard descriptors == rule.descriptors else { throw .descriptors(message, got: descriptors) }
    said[message] = count
    if case .hello = request { phase = .greeted }
  }

  /// After an authentication that is recorded.
  mutating func authenticate() { phase = .admitted }

  func count(of message: SessionMessage) -> Int { said[message, default: 0] }
}
