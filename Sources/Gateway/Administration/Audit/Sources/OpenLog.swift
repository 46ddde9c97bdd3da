internal import ArgumentParser
internal import Glibc
internal import Kernel

/// A log that is open, read in parts, decompressed on the way.
///
/// Files are told by their first bytes. Decompressing is the work of the host's own program, which gets the open file as
/// its standard input: what is read is what was opened, whatever became of the name.
final class OpenLog {
  let name: String
  /// Unique while it is open, to tell two names of one file; nil for streams.
  let identity: Identity?

  struct Identity: Hashable {
    let device: FileStatus.Device
    let inode: UInt64
  }

  static let largestPart = 1 << 18
  private static let magics: [(bytes: [UInt8], program: String)] = [
    ([0x1F, 0x8B], "gzip"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
    ([0x42, 0x5A, 0x68], "bzip2"),
  ]
  private static let programDirectories = ["/usr/bin", "/bin", "/usr/local/bin"]

  private let file: FileDescriptor
  private let partSize: Int
  private var isBegun = false
  private var isFinished = false
  private var decompression: Decompression?
  /// How many bytes of the file itself were read; not counted where it is compressed.
  private(set) var position = 0

  private struct Decompression: ~Copyable {
    let program: String
    let child: ChildProcess
    let output: FileDescriptor
  }

  /// `-` is standard input. It is read in parts of at most so many bytes.
  init(_ name: String, partSize: Int = OpenLog.largestPart) throws(KernelError) {
    self.name = name
    self.partSize = partSize
    if name == "-" {
      // Opening /dev/stdin would fail for a socket, which some programs give their children.
      let number = dup(STDIN_FILENO)
      guard number >= 0 else { throw KernelError(.dup, on: "standard input", code: errno) }
      file = FileDescriptor(owning: number)
      identity = nil
    } else {
      file = try FileDescriptor.open(try FilePlace.path(name), [.readOnly])
      let status = try file.status()
      if status.kind == .directory { throw KernelError(.read, on: name, code: EISDIR) }
      identity = status.kind == .regular ? Identity(device: status.device, inode: status.inode) : nil
    }
  }

  /// How long the file is now, in bytes as they lie on the disk.
  var size: Int { (try? file.status().size).map { Int(clamping: $0) } ?? 0 }

  /// Whether the name says that its size is not that of the text.
  var isCompressedByName: Bool { [".gz", ".xz", ".zst", ".bz2"].contains { name.hasSuffix($0) } }

  /// Whether the name still leads to this file; always for streams.
  var isStillThere: Bool {
    guard let identity else { return true }
    guard let path = try? FilePlace.path(name), let status = try? FileDescriptor.open(path, [.path]).status()
    else {
      return false
    }
    return Identity(device: status.device, inode: status.inode) == identity
  }

  /// The next bytes; none at the end, behind which more may be written later.
  func next() throws -> [UInt8] {
    do {
      if isBegun { return try more() }
      isBegun = true
      let first = try file.read(upTo: partSize)
      position += first.count
      guard let magic = Self.magics.first(where: { first.starts(with: $0.bytes) }) else { return first }
      try begin(magic.program)
      return try more()
    } catch let error as KernelError {
      throw LogFailure.cannotRead(name, error)
    }
  }

  /// Reads from the first byte again, of a file that was made shorter.
  func rewind() throws {
    do {
      try file.seek(to: 0)
      position = 0
    } catch {
      throw LogFailure.cannotRead(name, error)
    }
  }

  private func more() throws -> [UInt8] {
    if isFinished { return [] }
    guard decompression != nil else {
      let part = try file.read(upTo: partSize)
      position += part.count
      return part
    }
    return try decompressed()
  }

  private func begin(_ program: String) throws {
    do throws(KernelError) {
      try file.seek(to: 0)
    } catch {
      throw LogFailure.compressedStream(program, name)
    }
    guard let path = Self.programDirectories.lazy.map({ "\($0)/\(program)" }).first(where: FilePlace.exists)
    else {
      throw LogFailure.noProgram(program, for: name)
    }
    var ends = try FileDescriptor.pipe()
    let output = ends.takeFirst()
    let input = ends.takeSecond()
    var plan = SpawnPlan(
      arguments: [program, "-dc"].map { Array($0.utf8) },
      environment: ["LC_ALL=C", "PATH=/usr/bin:/bin"].map { Array($0.utf8) },
      descriptors: [file.number, input.number, STDERR_FILENO])
    plan.diesWithParent = true
    let child = try ChildProcess.spawn(try FileDescriptor.open(try FilePlace.path(path), [.path]), plan)
    decompression = Decompression(program: program, child: child, output: output)
  }

  private func decompressed() throws -> [UInt8] {
    let part = try decompression?.output.read(upTo: partSize) ?? []
    if part.isEmpty, let end = try decompression?.child.wait() {
      let program = decompression?.program ?? ""
      decompression = nil
      isFinished = true
      if end != .exited(0) { throw LogFailure.damaged(name, program: program, end) }
    }
    return part
  }
}
