public import Kernel

/// Denied files that have more than one name, by inode, as the broker found them.
///
/// A hard link gives a denied file a name that no pattern covers. The index closes that, and cannot be outrun: making
/// a link changes the inode's change time, so a file with several names that is not in the index and changed after it
/// was made is refused until the index is made anew.
public struct DeniedFileIndex: ~Copyable {
  public enum Finding: Equatable, Sendable {
    case notDenied
    case denied
    /// The index cannot tell: it is older than the file's last change, or not complete.
    case unknown
  }

  private let file: MappedFile
  private let count: Int
  /// In nanoseconds since 1970; nil when the walk was not complete or the file is not whole.
  private let madeAt: Int64?

  /// A header of three numbers (when the walk began, in nanoseconds since 1970; 1 when it was complete; how many
  /// entries), then a row of device and inode numbers in ascending order; all little-endian, of 64 bits.
  public init(_ descriptor: borrowing FileDescriptor) throws(KernelError) {
    file = try MappedFile(descriptor)
    let room = max(0, file.count - 24) / 16
    let entries = Int(clamping: file.integer(at: 16) ?? .max)
    count = min(entries, room)
    let isWhole = entries <= room && file.integer(at: 8) == 1
    madeAt = isWhole ? file.integer(at: 0).map { Int64(clamping: $0) } : nil
  }

  public static func file(of entries: [DeniedFile], madeAt: Int64, complete: Bool) -> [UInt8] {
    let sorted = entries.sorted()
    var numbers: [UInt64] = [UInt64(madeAt), complete ? 1 : 0, UInt64(sorted.count)]
    for entry in sorted { numbers += [entry.device, entry.inode] }
    return MappedFile.bytes(of: numbers)
  }

  public func finding(for status: FileStatus) -> Finding {
    guard status.kind == .regular, status.links > 1 else { return .notDenied }
    if contains(DeniedFile(status)) { return .denied }
    guard let madeAt else { return .unknown }
    return status.changed < madeAt ? .notDenied : .unknown
  }

  private func contains(_ wanted: DeniedFile) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      guard let device = file.integer(at: 24 + 16 * middle), let inode = file.integer(at: 32 + 16 * middle)
      else { return false }
      let found = DeniedFile(device: device, inode: inode)
      if found == wanted { return true }
      if found < wanted { low = middle + 1 } else { high = middle }
    }
    return false
  }
}

/// A file's identity on this machine.
public struct DeniedFile: Hashable, Comparable, Sendable {
  public let device: UInt64
  public let inode: UInt64

  init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }

  public init(_ status: FileStatus) {
    device = UInt64(status.device.major) << 32 | UInt64(status.device.minor)
    inode = status.inode
  }

  public static func < (left: DeniedFile, right: DeniedFile) -> Bool {
    (left.device, left.inode) < (right.device, right.inode)
  }
}
