internal import Kernel
internal import Wire

/// The running broker, as an edit needs it: whether it uses this policy, and a reload.
struct RunningPolicy {
  let client: ControlClient
  let directory: String

  enum Outcome {
    /// The digest that is in force now.
    case inForce(String)
    case refused
    /// Nothing is in force because of this edit, for a reason that is no mistake of it.
    case notAsked
  }

  /// Has the broker load the policy, and says what came of it.
  func reload(_ say: (String) -> Void) -> Outcome {
    do throws(ControlFailure) {
      let status = try client.status()
      let used = String(decoding: status.policyDirectory, as: UTF8.self)
      guard Self.place(used) == Self.place(directory) else {
        say("not reloaded: the broker that runs uses \(used)\n")
        return .notAsked
      }
      let answer = try client.ask(.reload)
      let report = ReloadReport(answer)
      StandardStreams.error(report.findings)
      say(report.text)
      if let complaint = report.complaint { Words.complain(complaint.cause, hint: complaint.hint) }
      guard case .reloaded(let exchange) = answer.reply else { return .refused }
      return .inForce(exchange.after)
    } catch {
      switch error {
      case .noBroker:
        say(
          "no broker runs: the policy comes into force when it starts (systemctl start keyhole-broker)\n")
      case .notRoot, .notTrusted, .noAnswer:
        Words.complain("not reloaded: \(error.message)", hint: error.hint)
      }
      return .notAsked
    }
  }

  /// Where a directory really is: it may be named through a link.
  private static func place(_ path: String) -> [UInt8]? {
    guard let name = try? FilePlace.path(path) else { return nil }
    return try? FileDescriptor.open(name, [.path, .directory]).location()
  }
}
