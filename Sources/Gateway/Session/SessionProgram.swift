internal import Glibc
internal import Kernel
internal import Wire

/// keyhole-session: serves one connection of keyhole-sshd.
///
/// It takes the connection and what it needs to know from its parent, connects to the broker, gives up everything else, and
/// only then reads the first byte that a client sent. Each state of the connection is a type that leads to the next.
public enum SessionProgram {
  /// Does not return; the exit status is a ``SessionExit``.
  public static func run() -> Never {
    let end: SessionExit
    do throws(SessionFailure) {
      let listener = try ListenerLink()
      guard let assignment = try listener.waitForAssignment() else { exit(CInt(SessionExit.served.rawValue)) }
      let prepared = try PreparedSession.prepare(assignment, listener)
      end = try prepared.confine().authenticate().serve()
    } catch {
      error.say()
      end = error.exit
    }
    exit(CInt(end.rawValue))
  }
}
