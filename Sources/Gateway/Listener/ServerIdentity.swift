internal import Glibc
internal import Kernel
internal import ListenerSettings

/// Whom the server runs as.
enum ServerIdentity {
  /// Started by root, becomes the user of the settings; started by anybody else, stays so. Of all capabilities only that
  /// of changing the root is left, for sessions, and it is not in effect here.
  static func assume(_ configuration: ListenerConfiguration) throws {
    if UserID.effective == .root {
      guard let account = Account(named: configuration.runAs) else {
        throw UnusableSetting(
          "there is no user \(configuration.runAs), whom `run-as:` names\nhint: scripts/install makes the user"
        )
      }
      guard account.user != .root else {
        throw UnusableSetting(
          "the server does not run as root\nhint: name another user in `run-as:`, such as keyhole-ssh")
      }
      try Credentials.become(account.user, account.group, groups: account.groups, ambient: .changeRoot)
    } else {
      try Credentials.keepForChildren(.changeRoot)
    }
    // Sessions run as the same user: one that was taken over shall not reach into this process.
    try Credentials.forbidTracing()
  }
}
