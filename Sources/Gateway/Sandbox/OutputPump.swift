internal import Glibc
internal import Kernel

/// Carries one of the call's outputs from the sandbox's pipe to the caller, counting, and never waiting for a caller
/// that does not read.
struct OutputPump: ~Copyable {
  private enum Target {
    case socket, pipe
    /// A file, a terminal or /dev/null: written to without more ado.
    case other
  }

  private let reader: FileDescriptor
  private let target: FileDescriptor
  private let kind: Target
  private var pending: ArraySlice<UInt8> = []
  private var texts: [UInt8] = []
  private var splices = true
  /// The caller no longer takes anything: what comes is thrown away.
  private(set) var isCallerGone = false
  /// Bytes handed over.
  private(set) var count: UInt64 = 0

  private static let chunk = 65_536

  init(from reader: consuming FileDescriptor, to target: consuming FileDescriptor) throws(KernelError) {
    try reader.setNonBlocking()
    kind =
      switch try target.status().kind {
      case .socket: .socket
      case .fifo: .pipe
      default: .other
      }
    self.reader = reader
    self.target = target
  }

  /// What to wait for before ``move(atMost:)`` can get on.
  var interest: PollEntry {
    pending.isEmpty && !isStuck ? PollEntry(reader, .readable) : PollEntry(target, .writable)
  }

  private var isStuck = false

  /// Lets go of the caller's stream. Nothing is carried to it afterwards.
  func giveUpTarget(for null: borrowing FileDescriptor) throws(KernelError) {
    try target.replace(with: null)
  }

  /// Text of Keyhole's own, in its place among the command's output.
  mutating func say(_ text: [UInt8]) {
    pending = ArraySlice(pending + text)
  }

  /// Hands over what is there, at most `limit` bytes, until the pipe is empty or the caller takes no more; returns
  /// whether the pipe is empty.
  mutating func move(atMost limit: UInt64) throws(KernelError) -> Bool {
    isStuck = false
    if isCallerGone { return try throwAway() }
    var rest = limit
    while rest > 0 {
      let before = count
      guard try step(atMost: Int(clamping: rest)) else { return !isStuck && pending.isEmpty }
      rest -= min(rest, count - before)
    }
    let hasMore = try hasInput()
    return pending.isEmpty && !hasMore
  }

  /// A part of what is there, so that a command that never stops writing cannot keep the supervisor here.
  private mutating func throwAway() throws(KernelError) -> Bool {
    pending = []
    do throws(KernelError) {
      return try reader.read(upTo: Self.chunk).isEmpty
    } catch {
      guard error.code == EAGAIN else { throw error }
      return true
    }
  }

  private func hasInput() throws(KernelError) -> Bool {
    var entries = [PollEntry(reader, .readable)]
    return try poll(&entries, milliseconds: 0) > 0 && entries[0].got.contains(.readable)
  }

  /// One transfer; false when nothing more can be moved now.
  private mutating func step(atMost limit: Int) throws(KernelError) -> Bool {
    do throws(KernelError) {
      if pending.isEmpty && kind == .pipe && splices { return try splice(atMost: limit) }
      if pending.isEmpty {
        let bytes = try reader.read(upTo: min(Self.chunk, limit))
        if bytes.isEmpty { return false }
        pending = bytes[...]
      }
      return try hand(atMost: limit)
    } catch  where error.code == EAGAIN {
      isStuck = !pending.isEmpty
      return false
    } catch  where error.code == EPIPE || error.code == ECONNRESET {
      isCallerGone = true
      pending = []
      return false
    }
  }

  private mutating func splice(atMost limit: Int) throws(KernelError) -> Bool {
    do throws(KernelError) {
      let moved = try reader.splice(to: target, upTo: min(1 << 20, limit))
      count += UInt64(moved)
      return moved > 0
    } catch  where error.code == EINVAL {
      splices = false
      return true
    } catch  where error.code == EAGAIN {
      // Either end may be the one that is not ready.
      isStuck = try hasInput()
      return false
    }
  }

  private mutating func hand(atMost limit: Int) throws(KernelError) -> Bool {
    let part = pending.prefix(limit)
    let taken: Int
    switch kind {
    case .socket: taken = try target.sendNow(part)
    case .pipe:
      // A pipe that is ready takes PIPE_BUF bytes without waiting. pipe(7)
      var entries = [PollEntry(target, .writable)]
      guard try poll(&entries, milliseconds: 0) > 0 else { throw KernelError(.write, code: EAGAIN) }
      if entries[0].got.contains(.error) { throw KernelError(.write, code: EPIPE) }
      taken = try target.write(part.prefix(4096))
    case .other: taken = try target.write(part)
    }
    pending = pending.dropFirst(taken)
    count += UInt64(taken)
    return true
  }
}
