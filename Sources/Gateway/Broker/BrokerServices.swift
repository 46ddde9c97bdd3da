internal import AuditTrail
internal import Kernel
internal import Logging
internal import Policy
internal import PolicyFiles
internal import Synchronization

/// What every call's path uses. Nothing in it belongs to one call.
final class BrokerServices: Sendable {
  let audit: AuditTrail
  let policy: PolicyStore
  let executors: ExecutorPool
  /// The primary group of every call.
  let group: GroupID
  let log: Logger
  let stopping: StopSignal
  let presences: Presences
  let openSSH: OpenSSHConnections
  let watch: AdmissionWatch
  /// What a call gets in place of something that there is not.
  let null: FileDescriptor
  /// Seconds since 1970.
  let startedAt = UInt64(MonotonicClock.wallClock / 1_000_000_000)

  init(
    audit: AuditTrail, policy: PolicyStore, executors: ExecutorPool, group: GroupID, log: Logger
  ) throws(KernelError) {
    stopping = try StopSignal()
    let waker = try Waker()
    presences = Presences({ policy.current }, waker: waker)
    openSSH = OpenSSHConnections(presences, waker: waker)
    watch = AdmissionWatch(presences, openSSH, waker: waker, log: log)
    null = try .open("/dev/null", .path)
    self.audit = audit
    self.policy = policy
    self.executors = executors
    self.group = group
    self.log = log
  }
}

extension BrokerServices {
  /// Records what the service does; false when it could not. The service goes on without a record: calls do not.
  @discardableResult
  func announce(_ record: AuditRecord) -> Bool {
    do throws(AuditError) {
      try audit.record(record)
      return true
    } catch {
      log.error("not recorded: \(error.message)\nhint: \(error.hint)")
      return false
    }
  }

  /// Records that the service starts, and what an earlier one left open.
  func announceStart(policy: AuditToken) {
    do throws(AuditError) {
      try audit.begin(policy: policy)
    } catch {
      log.error("the start is not recorded yet: \(error.message)\nhint: \(error.hint)")
    }
  }

  /// Records that the service stops: its last record.
  func announceStop() {
    do throws(AuditError) {
      try audit.stop()
    } catch {
      log.error("the stop is not recorded: \(error.message)\nhint: \(error.hint)")
    }
  }

  /// Tells the service manager. One that does not hear it is no reason to end.
  func notify(_ state: String) {
    do throws(KernelError) {
      try ServiceManager.notify(state)
    } catch {
      log.error("the service manager was not told \(state): \(error)")
    }
  }
}

/// Tells all who wait for it at once, and once, that they are to stop: a pipe whose writing end is closed then.
final class StopSignal: Sendable {
  private let reader: FileDescriptor
  private let writer: Mutex<FileDescriptor?>

  init() throws(KernelError) {
    var pipe = try FileDescriptor.pipe()
    reader = pipe.takeFirst()
    writer = Mutex(pipe.takeSecond())
  }

  /// Ready with a hang-up once ``raise()`` was called.
  var interest: PollEntry { PollEntry(reader, []) }

  func raise() { writer.withLock { _ = $0.take() } }
}

/// The policy in force, and its exchange.
final class PolicyStore: Sendable {
  let directory: String
  private let log: Logger
  private let force: Mutex<PolicyInForce>

  /// Throws ``PolicyFilesError`` when the policy cannot be loaded.
  init(directory: String, log: Logger) throws {
    self.directory = directory
    self.log = log
    force = Mutex(try Self.load(directory, log).policy)
  }

  var current: PolicyInForce { force.withLock { $0 } }

  /// Puts the policy on disk into force; on any error the old one stays.
  func reload() throws -> (old: PolicyInForce, new: PolicyInForce, warnings: [Diagnostic]) {
    let (new, warnings) = try Self.load(directory, log)
    return force.withLock { force in
      defer { force = new }
      return (force, new, warnings)
    }
  }

  private static func load(
    _ directory: String, _ log: Logger
  ) throws -> (policy: PolicyInForce, warnings: [Diagnostic]) {
    let loaded = try PolicyLoader().load(directory: directory)
    return (try PolicyInForce(loaded.policy, view: view(of: loaded.policy, log)), loaded.warnings)
  }

  /// Without it, what stays in public trees runs as everything else does.
  private static func view(of policy: Policy, _ log: Logger) -> PublicView? {
    do throws(KernelError) {
      let view = try PublicView.make(of: policy.publicTrees)
      for tree in view?.elsewhere ?? [] {
        log.warning(
          "public: \(String(decoding: tree, as: UTF8.self)) leads over a link: its files are judged like others"
        )
      }
      return view
    } catch {
      log.warning("the public trees cannot be shown apart, their files are judged like others: \(error)")
      return nil
    }
  }
}
