internal import Kernel
internal import ListenerSettings
internal import Wire

/// What the way in which a session ended says of its client.
enum SessionEnd: Equatable {
  /// Killed by a signal that was not ours.
  case crashed
  case told(SessionExit)
  /// With a status that means nothing.
  case unknown

  init(_ end: ProcessEnd) {
    switch end {
    case .signaled: self = .crashed
    case .exited(let status): self = SessionExit(rawValue: status).map { .told($0) } ?? .unknown
    }
  }

  /// For people.
  static func words(_ end: ProcessEnd) -> String {
    switch end {
    case .signaled(let number): "signal \(number)"
    case .exited(let status): "status \(status)"
    }
  }

  /// In milliseconds.
  func penalty(_ penalties: Penalties) -> Int {
    switch self {
    case .crashed: penalties.crash
    case .told(.notAccepted): penalties.notAccepted
    case .told(.leftEarly): penalties.leftEarly
    case .told(.timedOut): penalties.timedOut
    case .told(.protocolError): penalties.protocolError
    case .told(.served), .told(.failed), .unknown: 0
    }
  }

  var reason: String {
    switch self {
    case .crashed: "its session crashed"
    case .told(.notAccepted): "keys that are not accepted"
    case .told(.leftEarly): "connections that end before authentication"
    case .told(.timedOut): "connections that do not authenticate in time"
    case .told(.protocolError): "connections that do not speak SSH"
    case .told(.served), .told(.failed), .unknown: "nothing"
    }
  }
}
