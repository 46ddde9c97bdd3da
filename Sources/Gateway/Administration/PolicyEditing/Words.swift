internal import ArgumentParser

/// Keyhole's own words to an administrator.
enum Words {
  /// Cause and hint on standard error.
  static func complain(_ cause: String, hint: String = "") {
    StandardStreams.error("keyhole: \(cause)\n" + (hint.isEmpty ? "" : "hint: \(hint)\n"))
  }

  /// Says so when a change may not outlast a crash.
  static func warn(of durability: FileReplacement.Durability, _ path: String) {
    if case .unconfirmed(let error) = durability {
      complain(
        "\(path) is changed, and the disk did not confirm it: \(error)", hint: "see dmesg(1) for its errors")
    }
  }
}

/// Exit statuses of what changes a policy, after sysexits.h where it has one. docs/policy-editing.md lists them.
extension ExitStatus {
  /// EX_UNAVAILABLE: no broker runs, or it does not answer.
  static let noBroker = ExitCode(69)
  /// EX_TEMPFAIL: somebody else edits.
  static let locked = ExitCode(75)
  /// EX_NOPERM: this takes another user.
  static let notPermitted = ExitCode(77)
}

extension ControlFailure {
  var exitStatus: ExitCode { self == .notRoot ? ExitStatus.notPermitted : ExitStatus.noBroker }
}
