internal import Kernel
internal import SecureShell
internal import Wire

/// Lets agents in as the broker says, and counts what was tried in vain.
final class AgentAuthority: Authority {
  /// What authentication has led to.
  struct Admitted {
    var agent: SessionAdmission
    var target: UserName.Target
  }

  private(set) var admitted: Admitted?
  private(set) var failures = 0
  /// Whether a key was among what was tried.
  private(set) var hasTriedKeys = false
  private(set) var brokerIsGone = false

  private let broker: BrokerLink?
  private let listener: ListenerLink
  private let served: [UInt8]
  private let attempts: Int
  private let deadline: Int64

  init(_ broker: BrokerLink?, _ listener: ListenerLink, _ settings: SessionSettings, until deadline: Int64) {
    self.broker = broker
    self.listener = listener
    served = settings.user
    attempts = Int(settings.authenticationAttempts)
    self.deadline = deadline
  }

  func greeting() -> String {
    broker == nil ? Words.shown(Words.unreachable) : ""
  }

  func wouldTake(_ key: ClientKey, user: [UInt8]) -> Bool {
    hasTriedKeys = true
    guard UserName.target(of: user, servedAs: served) != nil else { return fail() }
    switch ask(.offered(SessionKey(key))) {
    case .known(true): return true
    default: return fail()
    }
  }

  func admit(_ key: ClientKey, user: [UInt8]) -> SecureShell.Admission {
    hasTriedKeys = true
    guard let target = UserName.target(of: user, servedAs: served) else {
      _ = fail()
      return .refused(banner: "")
    }
    switch ask(.proved(SessionKey(key), user: user)) {
    case .admitted(let agent):
      admitted = Admitted(agent: agent, target: target)
      return .admitted
    case .refused(let reason, let hint):
      _ = fail()
      return .refused(banner: Words.shown([reason] + (hint.isEmpty ? [] : ["hint: \(hint)"])))
    default:
      _ = fail()
      return .refused(banner: brokerIsGone ? Words.shown(Words.unreachable) : "")
    }
  }

  func refusedUnasked() {
    _ = fail()
  }

  /// Nothing is asked once there were too many attempts: several may come in one piece.
  private func ask(_ request: SessionRequest) -> SessionReply? {
    guard let broker, failures < attempts else { return nil }
    do throws(BrokerLink.Failure) {
      return try broker.ask(request, until: deadline)
    } catch {
      brokerIsGone = true
      return nil
    }
  }

  private func fail() -> Bool {
    failures += 1
    listener.tell(.attemptFailed)
    return false
  }
}

extension SessionKey {
  init(_ key: ClientKey) {
    self.init(type: key.type, base64: key.base64)
  }
}
