import AuditSchema
import Synchronization

@testable import AuditTrail

/// Stands in for the kernel: answers as told, keeps what it was sent.
final class ScriptedLink: AuditLink {
  struct Script {
    var statuses: [AuditStatus]
    var sendError: AuditError?
    var sent: [String] = []
  }

  let script: Mutex<Script>

  init(_ statuses: [AuditStatus], sendError: AuditError? = nil) {
    script = Mutex(Script(statuses: statuses, sendError: sendError))
  }

  var sent: [String] { script.withLock { $0.sent } }

  func status() throws(AuditError) -> AuditStatus {
    try script.withLock { script throws(AuditError) in
      guard !script.statuses.isEmpty else { throw .system(call: "AUDIT_GET", errno: 110) }
      return script.statuses.removeFirst()
    }
  }

  func send(_ record: AuditRecord, text: String) throws(AuditError) {
    try script.withLock { script throws(AuditError) in
      if let error = script.sendError { throw error }
      script.sent.append(text)
    }
  }

  func isAlive(_ process: Int32) -> Bool { true }
  func forgetEmitted() {}
  func hasEmitted(_ type: AuditRecordType, containing words: String, milliseconds: Int) -> Bool { true }
}

/// A kernel with a daemon that writes, unless it is told otherwise.
final class FakeKernel: AuditLink, DaemonLog {
  struct Machine: Sendable {
    var status = AuditStatus(isEnabled: true, daemon: 7, lost: 0, backlog: 0, backlogLimit: 64)
    var isDaemonAlive = true
    /// Whether the daemon writes what it gets.
    var writes = true
    /// Whether the kernel passes records on.
    var emits = true
    /// Records that the kernel loses from now on, each counted.
    var losing = 0
    var sendError: AuditError?
    var free: UInt64 = 1 << 30
    var log: [Sent] = []
    /// How many of them the daemon has written.
    var written = 0
    /// Called before a record counts as sent, and after.
    var onSend: (@Sendable (_ text: String, _ isBefore: Bool) -> Void)?
    /// Nanoseconds, on both clocks.
    var now: Int64 = 1_795_262_400_000_000_000
  }

  struct Sent: Sendable {
    let type: AuditRecordType
    let text: String
    let address: String
    let terminal: String
    let result: String

    var reader: RecordReader { RecordReader(text) }
    var operation: String { String((reader.plain("op") ?? "?").dropFirst("keyhole:".count)) }
  }

  let machine = Mutex(Machine())

  func set(_ change: (inout Machine) -> Void) { machine.withLock { change(&$0) } }
  func wait(milliseconds: Int64) { set { $0.now += milliseconds * 1_000_000 } }

  var sent: [Sent] { machine.withLock { $0.log } }
  var operations: [String] { sent.map(\.operation) }

  var clock: TrailWriter.Clock {
    TrailWriter.Clock(
      monotonic: { self.machine.withLock { $0.now } }, wall: { self.machine.withLock { $0.now } })
  }

  func status() throws(AuditError) -> AuditStatus { machine.withLock { $0.status } }

  func send(_ record: AuditRecord, text: String) throws(AuditError) {
    let hook = machine.withLock { $0.onSend }
    hook?(text, true)
    try machine.withLock { machine throws(AuditError) in
      if let error = machine.sendError { throw error }
      if machine.losing > 0 {
        machine.losing -= 1
        machine.status.lost += 1
        return
      }
      machine.log.append(
        Sent(
          type: record.type, text: text, address: record.addressText, terminal: record.terminal.rawValue,
          result: record.result.rawValue))
      if machine.writes { machine.written = machine.log.count }
    }
    hook?(text, false)
  }

  func isAlive(_ process: Int32) -> Bool { machine.withLock { $0.isDaemonAlive } }
  func forgetEmitted() {}
  func hasEmitted(_ type: AuditRecordType, containing words: String, milliseconds: Int) -> Bool {
    machine.withLock { machine in
      if !machine.emits { machine.now += Int64(milliseconds) * 1_000_000 }
      return machine.emits && machine.log.last.map { $0.type == type && $0.text.contains(words) } == true
    }
  }

  let path = "/var/log/audit/audit.log"

  /// The log grows while the daemon writes, with what came before as well.
  func look() -> DaemonLogState? {
    machine.withLock { machine in
      if machine.writes { machine.written = machine.log.count }
      return DaemonLogState(
        mark: .init(inode: 1, size: UInt64(machine.written), changed: 0), free: machine.free)
    }
  }
}

extension AuditTrail {
  static let boot = "00c0ffee00c0ffee"

  /// A trail of its own that keeps nothing.
  static func over(
    _ link: any AuditLink, demands: AuditDemands = AuditDemands(), log: (any DaemonLog)? = nil,
    clock: TrailWriter.Clock = TrailWriter.Clock(), calls: Int = 8
  ) -> AuditTrail {
    AuditTrail(
      TrailWriter(
        link: link, executable: Array("/usr/libexec/keyhole/keyhole-broker".utf8),
        unit: AuditToken(literal: "keyhole-broker"), boot: boot, state: TrailState(boot: boot, calls: calls),
        flusher: nil,
        watch: TrailWatch(demands: demands, log: log), clock: clock))
  }

  /// A trail that keeps its state in a file.
  static func over(_ kernel: FakeKernel, state path: String, boot: String = boot, calls: Int = 8) throws
    -> AuditTrail
  {
    let file = try StateFile.open(path)
    let state = try file.state(boot: boot, calls: calls)
    let flusher = try StateFlusher(file)
    return AuditTrail(
      TrailWriter(
        link: kernel, executable: Array("/usr/libexec/keyhole/keyhole-broker".utf8),
        unit: AuditToken(literal: "keyhole-broker"), boot: boot, state: state, flusher: flusher,
        watch: TrailWatch(demands: AuditDemands(), log: nil), clock: kernel.clock), flusher: flusher)
  }
}
