internal import AuditSchema
internal import CAudit
internal import Glibc

/// libaudit, over two netlink sockets: libaudit takes the next packet on a socket for the acknowledgement of what it
/// sent, so that a late answer to a question must not be on the socket that carries records.
final class KernelAuditLink: AuditLink {
  private let records: Int32
  private let questions: Int32
  private let readLog: AuditReadLog?

  private static let answerMilliseconds: Int32 = 2000

  /// `confirms` is whether records are to be seen as the kernel passes them on.
  init(confirms: Bool = false) throws(AuditError) {
    readLog = confirms ? try AuditReadLog() : nil
    // Errors are returned; libaudit need not write them to the system log as well.
    set_aumessage_mode(MSG_QUIET, DBG_NO)
    records = try Self.open()
    do throws(AuditError) {
      questions = try Self.open()
    } catch {
      audit_close(records)
      throw error
    }
  }

  deinit {
    audit_close(records)
    audit_close(questions)
  }

  private static func open() throws(AuditError) -> Int32 {
    let descriptor = audit_open()
    guard descriptor >= 0 else { throw error("audit_open", errno) }
    return descriptor
  }

  func status() throws(AuditError) -> AuditStatus {
    drain(questions)
    let sequence = audit_request_status(questions)
    guard sequence > 0 else { throw Self.error("audit_request_status", sequence < 0 ? -sequence : errno) }
    let deadline = ContinuousClock.now + .milliseconds(Int64(Self.answerMilliseconds))
    while ContinuousClock.now < deadline {
      if let status = takeAnswer(to: sequence) { return status }
      var poll = pollfd(fd: questions, events: Int16(POLLIN), revents: 0)
      // One element, alive for the call.
      _ = unsafe Glibc.poll(&poll, 1, Self.answerMilliseconds)
    }
    throw .system(call: "AUDIT_GET", errno: ETIMEDOUT)
  }

  func send(_ record: AuditRecord, text: String) throws(AuditError) {
    drain(records)
    errno = 0
    // With a null host name and an address libaudit resolves nothing; the texts have no NUL and live for the call.
    let result = unsafe audit_log_user_message(
      records, record.type.rawValue, text, nil, record.addressText, record.terminal.rawValue,
      record.result == .success ? 1 : 0)
    // 0 stands for errors that libaudit forgives: no audit in the kernel, no permission.
    guard result > 0 else {
      let number = errno != 0 ? errno : -result
      throw Self.error("audit_log_user_message", number != 0 ? number : ECONNREFUSED)
    }
  }

  func isAlive(_ process: Int32) -> Bool {
    kill(process, 0) == 0 || errno == EPERM
  }

  func forgetEmitted() { readLog?.forget() }

  func hasEmitted(_ type: AuditRecordType, containing words: String, milliseconds: Int) -> Bool {
    readLog?.waitFor(type, words: Array(words.utf8), milliseconds: milliseconds) ?? false
  }

  /// Reads away what an earlier, timed-out exchange left behind.
  private func drain(_ descriptor: Int32) {
    unsafe withUnsafeTemporaryAllocation(of: audit_reply.self, capacity: 1) { replies in
      guard let reply = replies.baseAddress else { return }
      // The allocation has room for one reply, which the call fills.
      while unsafe audit_get_reply(descriptor, reply, GET_REPLY_NONBLOCKING, 0) > 0 {}
    }
  }

  private func takeAnswer(to sequence: Int32) -> AuditStatus? {
    unsafe withUnsafeTemporaryAllocation(of: audit_reply.self, capacity: 1) { replies in
      guard let reply = replies.baseAddress else { return nil }
      // A positive result means that the reply is filled; its pointers lead into the reply itself.
      while unsafe audit_get_reply(questions, reply, GET_REPLY_NONBLOCKING, 0) > 0 {
        guard unsafe reply.pointee.type == AUDIT_GET, let header = unsafe reply.pointee.nlh,
          let status = unsafe reply.pointee.status,
          unsafe header.pointee.nlmsg_seq == UInt32(bitPattern: sequence)
        else { continue }
        // libaudit clears no buffer, and an old kernel sends a shorter structure: read what all of them send.
        let daemon = unsafe status.pointee.pid
        return unsafe AuditStatus(
          isEnabled: status.pointee.enabled != 0,
          daemon: daemon == 0 ? nil : Int32(truncatingIfNeeded: daemon),
          lost: status.pointee.lost, backlog: status.pointee.backlog,
          backlogLimit: status.pointee.backlog_limit)
      }
      return nil
    }
  }

  private static func error(_ call: String, _ number: Int32) -> AuditError {
    switch number {
    case EPERM, EACCES: .notPermitted
    case EINVAL, EPROTONOSUPPORT, EAFNOSUPPORT, ECONNREFUSED: .unsupported
    default: .system(call: call, errno: number)
    }
  }

  /// The path that libaudit will write as `exe=`.
  static func executable() -> [UInt8] {
    var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe path.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      // The buffer is as long as the call is told; CChar and UInt8 have one layout.
      return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    return count > 0 ? Array(path[..<count]) : Array("?".utf8)
  }
}
