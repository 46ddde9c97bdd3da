internal import Kernel
internal import Logging
internal import Synchronization

/// The connections of OpenSSH over which agents made calls, so that those of an agent that may no longer be there can be
/// ended: sshd itself would keep them open.
///
/// A connection over which no call was ever made is not known here, nor one beyond the ``most`` latest.
final class OpenSSHConnections: Sendable {
  private let presences: Presences
  private let waker: Waker
  /// By sshd's process of the connection.
  private let known = Mutex<[ProcessID: Connection]>([:])
  private let most: Int

  /// Between the revocation and the end of the connection, in nanoseconds: what its calls are told passes over it.
  private static let lastWords: Int64 = 500_000_000

  init(_ presences: Presences, waker: Waker, most: Int = 256) {
    self.presences = presences
    self.waker = waker
    self.most = most
  }

  /// One connection, for as long as its agent may be there.
  private final class Connection: Sendable {
    let server: ForeignProcess
    let since = MonotonicClock.now
    let presence = Mutex<Presence?>(nil)
    /// When it is to be ended, on the monotonic clock; nil while the agent may be there.
    let end = Mutex<Int64?>(nil)

    init(_ server: consuming ForeignProcess) { self.server = server }

    /// The presence and this hold each other, until here.
    func leave() {
      let left = presence.withLock { presence in
        defer { presence = nil }
        return presence
      }
      withExtendedLifetime(left) {}
    }

    func endSoon() { end.withLock { $0 = MonotonicClock.now + OpenSSHConnections.lastWords } }
  }

  var count: Int { known.withLock { $0.count } }

  /// Keeps in mind the connection over which a call came. `shell` is keyhole-shell, which `front` leads to.
  func remember(_ shell: MessageSocket.Peer, at front: borrowing MessageSocket, by visitor: Visitor) {
    guard let parent = ProcessFacts(of: shell.process)?.parent, !isKnown(parent),
      let server = Self.server(above: shell)
    else { return }
    // keyhole-shell has lived to this moment, so that the number was its own all along.
    var entries = [PollEntry(front.descriptor, [])]
    guard let ready = try? poll(&entries, milliseconds: 0), ready == 0 else { return }
    let connection = Connection(server)
    let waker = waker
    let outcome = presences.enter(visitor, as: .openSSH) { _ in
      connection.endSoon()
      waker.wake()
    }
    switch outcome {
    case .present(let presence, _): connection.presence.withLock { $0 = presence }
    // The call was let in a moment ago, and its agent is no longer welcome.
    case .refused: connection.endSoon()
    }
    add(connection)
    waker.wake()
  }

  private func isKnown(_ process: ProcessID) -> Bool {
    known.withLock { $0[process].map { !$0.server.hasEnded } ?? false }
  }

  private func add(_ connection: Connection) {
    let forgotten = known.withLock { known in
      let ended = known.values.filter { $0.server.hasEnded }
      for old in ended { known[old.server.process] = nil }
      var forgotten = ended
      if known.count >= most, let oldest = known.values.min(by: { $0.since < $1.since }) {
        known[oldest.server.process] = nil
        forgotten.append(oldest)
      }
      known[connection.server.process] = connection
      return forgotten
    }
    for old in forgotten { old.leave() }
  }

  /// sshd's process of the connection: it runs as the user of keyhole-shell and started it, directly or by the user's login
  /// shell.
  ///
  /// The link of its executable cannot be read without CAP_SYS_PTRACE, so its name has to do. Another process of that user
  /// could take the name; it could also claim any agent's key.
  private static func server(above shell: MessageSocket.Peer) -> ForeignProcess? {
    var child = shell.process
    for _ in 0..<2 {
      guard let parent = ProcessFacts(of: child)?.parent, parent.rawValue > 1,
        let server = try? ForeignProcess(parent), let facts = ProcessFacts(of: parent),
        facts.user == shell.user,
        // A process whose parent ends gets another: this one held on to, the number was its own.
        ProcessFacts(of: child)?.parent == parent
      else { return nil }
      if names.contains(facts.name) { return server }
      child = parent
    }
    return nil
  }

  /// OpenSSH 9.8 gave the process of a connection a program of its own.
  private static let names: Set<[UInt8]> = [Array("sshd".utf8), Array("sshd-session".utf8)]

  // MARK: Ending

  /// nil when no connection is to be ended.
  var millisecondsToNextEnd: Int? {
    known.withLock { known in
      known.values.lazy.compactMap { $0.end.withLock { $0 } }.min().map {
        Int(max(0, $0 - MonotonicClock.now) / 1_000_000) + 1
      }
    }
  }

  /// Ends those whose time has come.
  func endDue(log: Logger) {
    let due = known.withLock { known in
      let now = MonotonicClock.now
      let due = known.values.filter { ($0.end.withLock { $0 } ?? .max) <= now }
      for connection in due { known[connection.server.process] = nil }
      return due
    }
    for connection in due {
      connection.leave()
      do throws(KernelError) {
        try connection.server.terminate()
        log.notice("ended the connection of sshd process \(connection.server.process): its agent was revoked")
      } catch {
        log.error("sshd process \(connection.server.process) of a revoked agent cannot be ended: \(error)")
      }
    }
  }
}
