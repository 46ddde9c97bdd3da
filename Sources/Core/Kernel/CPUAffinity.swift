internal import CKeyhole
internal import Glibc

/// On which CPUs a thread may run: a mask as the kernel has it, a bit for each CPU. sched_setaffinity(2)
public struct CPUAffinity: Sendable {
  /// In the kernel's own length: a multiple of eight.
  public let mask: [UInt8]

  /// That of the calling thread.
  public init() throws(KernelError) {
    mask = try unsafe filledBytes(atMost: 1024) { buffer throws(KernelError) in
      try attempt(.sched_getaffinity) { Int(unsafe keyhole_affinity(buffer.baseAddress, buffer.count)) }
    }
  }

  /// Gives it to a thread of the same user.
  public func apply(to thread: ProcessID) throws(KernelError) {
    try attempt(.sched_setaffinity) {
      unsafe mask.withUnsafeBytes { unsafe keyhole_set_affinity(thread.rawValue, $0.baseAddress, $0.count) }
    }
  }

  /// Keeps a thread of the same user on the CPU on which the caller runs now.
  public static func keepHere(_ thread: ProcessID) throws(KernelError) {
    try attempt(.sched_setaffinity) { keyhole_set_cpu(thread.rawValue, keyhole_current_cpu()) }
  }
}
