internal import CKeyhole
internal import Glibc

/// What to wait for on one descriptor, and what came. poll(2)
public struct PollEntry: Sendable {
  public struct Events: OptionSet, Sendable {
    public let rawValue: Int16
    public init(rawValue: Int16) { self.rawValue = rawValue }
    public static let readable = Events(rawValue: 0x001)
    public static let priority = Events(rawValue: 0x002)
    public static let writable = Events(rawValue: 0x004)
    /// Reported whether asked for or not.
    public static let error = Events(rawValue: 0x008)
    /// Reported whether asked for or not.
    public static let hangUp = Events(rawValue: 0x010)
    public static let invalid = Events(rawValue: 0x020)
  }

  public var descriptor: CInt
  public var wanted: Events
  public var got: Events = []

  public init(_ descriptor: borrowing FileDescriptor, _ wanted: Events) {
    self.descriptor = descriptor.number
    self.wanted = wanted
  }

  /// For a number that somebody else owns, such as standard output.
  public init(number: CInt, _ wanted: Events) {
    descriptor = number
    self.wanted = wanted
  }
}

/// Waits until an entry has something or `milliseconds` have passed (nil: for ever); returns how many have. poll(2)
public func poll(_ entries: inout [PollEntry], milliseconds: Int?) throws(KernelError) -> Int {
  var raw = entries.map { pollfd(fd: $0.descriptor, events: $0.wanted.rawValue, revents: 0) }
  let timeout = CInt(clamping: milliseconds ?? -1)
  let ready = try attempt(.poll) { unsafe Glibc.poll(&raw, nfds_t(raw.count), timeout) }
  for index in raw.indices {
    entries[index].got = PollEntry.Events(rawValue: raw[index].revents)
  }
  return Int(ready)
}

/// A monotonic clock in nanoseconds, and sleep. clock_gettime(2)
public enum MonotonicClock {
  public static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Nanoseconds since 1970, on the clock that stamps inodes.
  public static var wallClock: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
