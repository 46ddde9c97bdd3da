internal import AuditSchema
internal import CAudit
internal import Glibc
internal import Kernel

/// The records that the kernel really passes on, as it passes them to all who listen: the netlink multicast group
/// AUDIT_NLGRP_READLOG. Needs CAP_AUDIT_READ. netlink(7), linux/audit.h
final class AuditReadLog: Sendable {
  private let socket: Kernel.FileDescriptor

  /// A message of the kernel, with its header.
  private static let longestMessage = 16_384
  /// Many records may come while one is waited for. The kernel allows less when its own limit is lower. socket(7), SO_RCVBUF
  private static let bufferBytes: Int32 = 4 << 20
  /// More than the buffer holds.
  private static let mostForgotten = 100_000

  init() throws(AuditError) {
    let number = Glibc.socket(
      AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), NETLINK_AUDIT)
    guard number >= 0 else { throw .system(call: "socket", errno: errno) }
    socket = Kernel.FileDescriptor(owning: number)
    var size = Self.bufferBytes
    // The option is an int, alive for the call. A smaller buffer is no error.
    unsafe setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    address.nl_groups = 1 << (UInt32(AUDIT_NLGRP_READLOG.rawValue) - 1)
    // A sockaddr_nl is what this family's bind(2) takes; it is alive for the call.
    let result = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
      }
    }
    guard result == 0 else {
      throw errno == EPERM ? .notPermitted : .system(call: "bind AUDIT_NLGRP_READLOG", errno: errno)
    }
  }

  private enum Message {
    case record(type: UInt16, text: ArraySlice<UInt8>)
    /// Messages were lost, or something came that is none.
    case other
    case none
  }

  private func next() -> Message {
    do throws(KernelError) {
      let bytes = try socket.read(upTo: Self.longestMessage)
      // The header, in the machine's own order: length, type, flags, number, sender. netlink(7)
      guard bytes.count > 16 else { return .other }
      return .record(type: UInt16(bytes[4]) | UInt16(bytes[5]) << 8, text: bytes[16...])
    } catch {
      // ENOBUFS: the buffer was full, and what came since then was dropped; there may be more.
      return error.code == ENOBUFS ? .other : .none
    }
  }

  func forget() {
    for _ in 0..<Self.mostForgotten {
      if case .none = next() { return }
    }
  }

  func waitFor(_ type: AuditRecordType, words: [UInt8], milliseconds: Int) -> Bool {
    let deadline = MonotonicClock.now + Int64(milliseconds) * 1_000_000
    while true {
      let message = next()
      if case .record(let got, let text) = message, Int32(got) == type.rawValue, Self.contains(text, words) {
        return true
      }
      let rest = deadline - MonotonicClock.now
      guard rest > 0 else { return false }
      if case .none = message {
        var entries = [PollEntry(socket, .readable)]
        _ = try? poll(&entries, milliseconds: Int(rest / 1_000_000) + 1)
      }
    }
  }

  private static func contains(_ text: ArraySlice<UInt8>, _ words: [UInt8]) -> Bool {
    guard let first = words.first else { return true }
    var rest = text
    while let start = rest.firstIndex(of: first) {
      if rest[start...].starts(with: words) { return true }
      rest = rest[(start + 1)...]
    }
    return false
  }
}
