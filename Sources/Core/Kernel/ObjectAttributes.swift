internal import CKeyhole
internal import Glibc

/// What the kernel says of the very object behind a descriptor, in the layout in which another process wants it. The
/// descriptor may be O_PATH.
extension FileDescriptor {
  /// struct stat. fstat(2)
  public func statBytes() throws(KernelError) -> [UInt8] {
    try unsafe filledBytes(atMost: MemoryLayout<stat>.size) { buffer throws(KernelError) in
      try attempt(.fstat) { unsafe keyhole_stat_bytes(number, buffer.baseAddress, buffer.count) }
      return buffer.count
    }
  }

  /// struct statx of 256 bytes; `synchronisation` is one of AT_STATX_…, `mask` are STATX_…. statx(2)
  public func statxBytes(synchronisation: CInt, mask: UInt32) throws(KernelError) -> [UInt8] {
    try unsafe filledBytes(atMost: 256) { buffer throws(KernelError) in
      try attempt(.statx) {
        unsafe keyhole_statx_bytes(number, synchronisation, mask, buffer.baseAddress, buffer.count)
      }
      return buffer.count
    }
  }

  /// struct statfs of 120 bytes. fstatfs(2)
  public func statfsBytes() throws(KernelError) -> [UInt8] {
    try unsafe filledBytes(atMost: 120) { buffer throws(KernelError) in
      try attempt(.statfs) { unsafe keyhole_statfs_bytes(number, buffer.baseAddress, buffer.count) }
      return buffer.count
    }
  }

  /// Whether this process may use the object in this way: R_OK, W_OK, X_OK, F_OK. faccessat2(2)
  public func checkAccess(_ mode: CInt, effective: Bool) throws(KernelError) {
    try attempt(.faccessat2) { keyhole_access(number, mode, effective) }
  }

  /// The value of an extended attribute of at most `size` bytes. getxattr(2)
  public func extendedAttribute(_ name: FilePath, upTo size: Int) throws(KernelError) -> [UInt8] {
    // The link is followed to the object and no further, also when that is a link itself.
    let link = FilePath(own: "/proc/self/fd/\(number)")
    return try unsafe filledBytes(atMost: size) { buffer throws(KernelError) in
      try attempt(.getxattr) {
        unsafe link.withCString { link in
          unsafe name.withCString { unsafe getxattr(link, $0, buffer.baseAddress, buffer.count) }
        }
      }
    }
  }

  /// The names of the extended attributes, each with a NUL behind it. listxattr(2)
  public func extendedAttributes(upTo size: Int) throws(KernelError) -> [UInt8] {
    let link = FilePath(own: "/proc/self/fd/\(number)")
    return try unsafe filledBytes(atMost: size) { buffer throws(KernelError) in
      try attempt(.listxattr) {
        unsafe link.withCString { link in
          // Names are bytes; C calls them char.
          unsafe listxattr(
            link, UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self),
            buffer.count)
        }
      }
    }
  }
}
