import Kernel
import SecretPaths
import TestSupport
import Testing

@testable import DeniedFiles

@Suite("The index of denied files")
struct DeniedFileIndexTests {
  private let place: TemporaryDirectory
  /// Of a regular file with two names.
  private let linked: FileStatus

  init() throws {
    place = try TemporaryDirectory()
    try place.makeFile("one")
    try place.makeHardLink("two", to: "one")
    linked = try status(try place.path("one"))
  }

  private func finding(
    of status: FileStatus, among entries: [DeniedFile], madeAt: Int64, complete: Bool = true
  ) throws -> DeniedFileIndex.Finding {
    let bytes = DeniedFileIndex.file(of: entries, madeAt: madeAt, complete: complete)
    return try DeniedFileIndex(.memoryFile(named: "test", holding: bytes)).finding(for: status)
  }

  @Test("each of many entries is found, whatever their order, and their neighbours are not")
  func lookup() throws {
    let status = linked
    let base = DeniedFile(status)
    for count in [1, 2, 3, 10, 11] {
      for wanted in 0..<count {
        let inodes = (0..<count).map { base.inode &+ UInt64($0) &- UInt64(wanted) }
        let entries = inodes.map { DeniedFile(device: base.device, inode: $0) }
        #expect(try finding(of: status, among: entries.reversed(), madeAt: .max) == .denied)
        let others = entries.filter { $0 != base } + [DeniedFile(device: base.device &+ 1, inode: base.inode)]
        #expect(try finding(of: status, among: others, madeAt: .max) == .notDenied)
      }
    }
  }

  @Test("a file that changed after the walk began cannot be told, one that changed before is not denied")
  func age() throws {
    #expect(try finding(of: linked, among: [], madeAt: linked.changed + 1) == .notDenied)
    #expect(try finding(of: linked, among: [], madeAt: linked.changed) == .unknown)
    #expect(try finding(of: linked, among: [], madeAt: 0) == .unknown)
  }

  @Test("an index that is not complete clears nobody, and still denies what it knows")
  func incomplete() throws {
    #expect(try finding(of: linked, among: [], madeAt: .max, complete: false) == .unknown)
    #expect(try finding(of: linked, among: [DeniedFile(linked)], madeAt: .max, complete: false) == .denied)
  }

  @Test("a file with one name, and whatever is no regular file, is for the patterns alone")
  func notLinked() throws {
    let single = try status(try place.makeFile("single"))
    #expect(try finding(of: single, among: [DeniedFile(single)], madeAt: 0, complete: false) == .notDenied)
    let directory = try status(try place.path())
    #expect(directory.links > 1)
    #expect(try finding(of: directory, among: [], madeAt: 0, complete: false) == .notDenied)
  }

  @Test(
    "an index that is cut, empty or lies about its length clears nobody",
    arguments: [
      [], [.max], [.max, 1], [UInt64(Int64.max), 1, 2, 0, 0], [UInt64(Int64.max), 1, .max],
      [UInt64(Int64.max), 0, 0],
      [UInt64(Int64.max), 2, 0], [UInt64(Int64.max), 1],
    ] as [[UInt64]])
  func damaged(numbers: [UInt64]) throws {
    let file = try FileDescriptor.memoryFile(named: "test", holding: MappedFile.bytes(of: numbers))
    #expect(try DeniedFileIndex(file).finding(for: linked) == .unknown)
  }
}

func status(_ path: FilePath) throws -> FileStatus {
  try FileDescriptor.open(path, [.path, .noFollow]).status()
}
