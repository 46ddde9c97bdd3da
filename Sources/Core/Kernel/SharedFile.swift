internal import CKeyhole
internal import Glibc

/// A file mapped for reading and writing, shared with the file itself: what is stored outlives the process at once, and a
/// crash of the machine as far as ``FileDescriptor/synchronizeData()`` had come. mmap(2), MAP_SHARED
///
/// The file's blocks are allocated before it is mapped, since a store for which the disk has no room ends the process
/// (SIGBUS).
@safe
public struct SharedFile: ~Copyable {
  private let address: UnsafeMutableRawPointer
  public let count: Int

  /// Grows the file to `count` bytes where it is shorter; new bytes are zero.
  public init(_ file: borrowing FileDescriptor, count: Int) throws(KernelError) {
    try file.allocate(count: count)
    guard let mapped = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, file.number, 0),
      unsafe mapped != MAP_FAILED
    else { throw KernelError(.mmap, code: errno) }
    unsafe address = mapped
    self.count = count
  }

  deinit { unsafe _ = munmap(address, count) }

  /// Stores bytes at an offset; they must lie inside the file, or it traps.
  public func store(_ bytes: [UInt8], at offset: Int) {
    precondition(offset >= 0 && offset <= count - bytes.count, "bytes outside of the mapped file")
    // Both the bytes and the place are alive, and the bounds were checked on the line above.
    unsafe bytes.withUnsafeBytes { bytes in
      if let first = bytes.baseAddress {
        unsafe (address + offset).copyMemory(from: first, byteCount: bytes.count)
      }
    }
  }

  /// Stores a little-endian word at a multiple of 8, whole or not at all, and after everything that was stored before.
  public func publish(_ word: UInt64, at offset: Int) {
    precondition(offset >= 0 && offset <= count - 8 && offset % 8 == 0, "a word outside of the mapped file")
    // The place is aligned, as the mapping begins at a page, and inside the mapping.
    unsafe keyhole_publish(address + offset, word.littleEndian)
  }
}

extension FileDescriptor {
  /// Returns when the file's bytes, also those stored through a mapping, are on the disk. fdatasync(2)
  public func synchronizeData() throws(KernelError) {
    try attempt(.fdatasync) { fdatasync(number) }
  }

  /// Gives the file blocks for its first `count` bytes, and grows it where it is shorter. posix_fallocate(3)
  func allocate(count: Int) throws(KernelError) {
    let code = posix_fallocate(number, 0, off_t(count))
    if code != 0 { throw KernelError(.fallocate, code: code) }
  }

  /// Bytes that the file system of this file has free, also for root, and its size. fstatvfs(3)
  public func fileSystemRoom() throws(KernelError) -> (free: UInt64, total: UInt64) {
    var room = statvfs()
    try attempt(.statfs) { unsafe fstatvfs(number, &room) }
    return (UInt64(room.f_bfree) * UInt64(room.f_frsize), UInt64(room.f_blocks) * UInt64(room.f_frsize))
  }
}
