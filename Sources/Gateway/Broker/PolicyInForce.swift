internal import AuditTrail
internal import DeniedFiles
internal import Kernel
internal import Logging
internal import Policy
internal import PolicyFiles
internal import SecretPaths
internal import Synchronization
internal import Wire

/// A loaded policy with what calls need of it, made once. A call keeps the one that it began with.
final class PolicyInForce: Sendable {
  let policy: Policy
  let token: AuditToken
  /// Seconds since 1970.
  let loadedAt = UInt64(MonotonicClock.wallClock / 1_000_000_000)
  /// The denylist, by the names that the kernel has for its places now.
  private let denied: SecretPaths
  /// The same as the sandbox takes it.
  let deniedPaths: FileDescriptor
  /// The groups that commands need and that this host has.
  let groups: [String: GroupID]
  /// Where stages run that stay in public trees; nil when there are none.
  let view: PublicView?
  /// What the sandbox maps; made anew as hard links come up.
  private let index: Mutex<SharedFile>
  private let rebuild = Mutex(RebuildState())

  private struct RebuildState {
    var isRunning = false
    var lastEnd: Int64 = 0
  }

  /// A descriptor with several users.
  final class SharedFile: Sendable {
    let file: FileDescriptor
    init(_ file: consuming FileDescriptor) { self.file = file }
  }

  /// Until ``rebuildIndex(log:)`` has run, every file with several names is refused.
  init(_ policy: Policy, view: PublicView? = nil) throws {
    guard let token = AuditToken(policy.shortDigest) else {
      throw KernelError(.read, on: "policy digest", code: 22)
    }
    self.policy = policy
    self.view = view
    self.token = token
    let denied = policy.secrets.entries.flatMap { entry in
      LinkedPatterns.patterns(for: entry.pattern, besides: policy.publicTrees).map { pattern in
        SecretPaths.Entry(
          pattern: pattern, reason: "secret: \(entry.reason) (\(entry.location))", location: "")
      }
    }
    self.denied = SecretPaths(denied)
    deniedPaths = try .memoryFile(named: "keyhole-secrets", holding: DeniedPathsFile.file(of: denied))
    var groups: [String: GroupID] = [:]
    for name in Set(policy.commands.values.flatMap(\.needs.groups)) { groups[name] = Accounts.group(name) }
    self.groups = groups
    let empty = DeniedFileIndex.file(of: [], madeAt: 0, complete: false)
    index = Mutex(SharedFile(try .memoryFile(named: "keyhole-denied", holding: empty)))
  }

  var deniedFiles: SharedFile { index.withLock { $0 } }

  /// Walks the denied trees in a thread of its own. Requests while a walk runs, or right after one, change nothing.
  func rebuildIndex(log: Logger) {
    let starts = rebuild.withLock { state in
      let isRecent = MonotonicClock.now - state.lastEnd < Self.shortestInterval && state.lastEnd != 0
      if state.isRunning || isRecent { return false }
      state.isRunning = true
      return true
    }
    guard starts else { return }
    do throws(KernelError) {
      try WorkerThread.start(stackSize: 1 << 20) { self.walk(log: log) }
    } catch {
      log.error("cannot index the denied files: \(error)")
      rebuild.withLock { $0.isRunning = false }
    }
  }

  private static let shortestInterval: Int64 = 2_000_000_000

  private func walk(log: Logger) {
    let result = DeniedFileWalk.run(denied)
    do throws(KernelError) {
      let file = SharedFile(try .memoryFile(named: "keyhole-denied", holding: result.bytes))
      index.withLock { $0 = file }
      log.info("indexed \(result.found) denied files with several names")
      if !result.isComplete {
        log.warning("the index of denied files is not complete: hard links are refused")
      }
    } catch {
      log.error("cannot keep the index of denied files: \(error)")
    }
    rebuild.withLock { state in
      state.isRunning = false
      state.lastEnd = MonotonicClock.now
    }
  }
}
