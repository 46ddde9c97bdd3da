internal import Kernel

/// The client's TCP connection, which libssh owns: it closes it.
struct ConnectionSocket {
  let number: CInt

  /// What to wait for, so that libssh can go on. Nothing more is read while too much waits to be written: a client that
  /// sends and never reads would fill the memory with answers.
  func entry(wantsToRead: Bool, wantsToWrite: Bool, isCongested: Bool) -> PollEntry {
    var wanted: PollEntry.Events = []
    if wantsToRead && !isCongested { wanted.insert(.readable) }
    if wantsToWrite { wanted.insert(.writable) }
    return PollEntry(number: number, wanted)
  }

  /// The kernel waits up to 40 ms with an acknowledgement, in the hope of data to send along; the client waits for it.
  func acknowledgeAtOnce() {
    let descriptor = FileDescriptor(owning: number)
    try? descriptor.acknowledgeAtOnce()
    _ = descriptor.release()
  }

  /// Whether the client takes something before the deadline, on ``MonotonicClock``.
  func takesMore(until deadline: Int64) -> Bool {
    let left = (deadline - MonotonicClock.now) / 1_000_000
    guard left > 0 else { return false }
    var entries = [PollEntry(number: number, .writable)]
    guard let count = try? poll(&entries, milliseconds: Int(left)) else { return false }
    return count > 0
  }
}
