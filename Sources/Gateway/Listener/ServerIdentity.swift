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
      try makeEmptyRoot()
      try Credentials.become(account.user, account.group, groups: account.groups, ambient: .changeRoot)
    } else {
      try Credentials.keepForChildren(.changeRoot)
    }
    // Sessions run as the same user: one that was taken over shall not reach into this process.
    try Credentials.forbidTracing()
  }

  /// The empty directory that sessions change their root to. The service manager makes it where it starts the server.
  private static func makeEmptyRoot() throws {
    for path: FilePath in ["/run/keyhole", "/run/keyhole/empty"] where try isNew(path) {
      // Whatever the umask withheld.
      try FileChanges.set(owner: .root, group: GroupID(0), mode: 0o755, of: path)
    }
  }

  private static func isNew(_ path: FilePath) throws(KernelError) -> Bool {
    do throws(KernelError) {
      try FileChanges.makeNewDirectory(path, mode: 0o755)
      return true
    } catch  where error.code == EEXIST {
      return false
    }
  }
}
