internal import CKeyhole
internal import Glibc

/// Bytes of another process.
public enum ForeignMemory {
  /// At most `count` bytes from an address; fewer when the mapping ends earlier. process_vm_readv(2)
  public static func read(
    of process: ProcessID, at address: UInt64, upTo count: Int
  ) throws(KernelError) -> [UInt8] {
    try unsafe filledBytes(atMost: count) { buffer throws(KernelError) in
      // The buffer lives through the call, and its own length bounds it.
      try attempt(.process_vm_readv) {
        unsafe keyhole_read_memory(process.rawValue, address, buffer.baseAddress, buffer.count)
      }
    }
  }

  /// Writes all of the bytes to an address, or fails with EFAULT. process_vm_writev(2)
  public static func write(
    _ bytes: [UInt8], to process: ProcessID, at address: UInt64
  ) throws(KernelError) {
    if bytes.isEmpty { return }
    let put = try attempt(.process_vm_writev) {
      // The array lives through the call.
      unsafe bytes.withUnsafeBytes { buffer in
        unsafe keyhole_write_memory(process.rawValue, address, buffer.baseAddress, buffer.count)
      }
    }
    if put < bytes.count { throw KernelError(.process_vm_writev, code: EFAULT) }
  }

  /// The NUL-terminated string at an address, without its NUL; nil when there is none within `limit` bytes.
  public static func readString(
    of process: ProcessID, at address: UInt64, limit: Int
  ) throws(KernelError) -> [UInt8]? {
    // Reads never cross a page that the string does not reach: the next page may not be mapped.
    let page: UInt64 = 4096
    var string: [UInt8] = []
    var position = address
    while string.count < limit {
      let step = min(Int(page - position % page), limit - string.count)
      let part = try read(of: process, at: position, upTo: step)
      if let end = part.firstIndex(of: 0) { return string + part[..<end] }
      if part.count < step { throw KernelError(.process_vm_readv, code: EFAULT) }
      string += part
      position += UInt64(step)
    }
    return nil
  }
}
