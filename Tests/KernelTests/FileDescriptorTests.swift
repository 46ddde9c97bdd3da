import Glibc
import TestSupport
import Testing

@testable import Kernel

@Suite("File descriptors")
struct FileDescriptorTests {
  @Test("what goes into a pipe comes out, and its end is an empty read")
  func pipe() throws {
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    var writer: FileDescriptor? = ends.takeSecond()
    try writer?.writeAll(bytes("ab"))
    writer = nil
    let all = try reader.readAll(limit: 100)
    #expect(all == bytes("ab"))
    let more = try reader.read(upTo: 10)
    #expect(more.isEmpty)
  }

  @Test("a read takes no more than it was asked for")
  func boundedRead() throws {
    let file = try FileDescriptor.memoryFile(named: "test", holding: bytes("abcdef"))
    try file.seek(to: 1)
    let part = try file.read(upTo: 3)
    #expect(part == bytes("bcd"))
  }

  @Test(
    "readAll gives one byte beyond its limit, so that a longer file is told from one that fits",
    arguments: [4, 5, 6])
  func readAllLimit(limit: Int) throws {
    let file = try FileDescriptor.memoryFile(named: "test", holding: bytes("abcde"))
    try file.seek(to: 0)
    let got = try file.readAll(limit: limit)
    #expect(got.count == min(5, limit + 1))
  }

  @Test("a duplicate has the wanted number or a higher one, and shares the position")
  func duplicate() throws {
    let file = try FileDescriptor.memoryFile(named: "test", holding: bytes("abcdef"))
    let copy = try file.duplicate(atLeast: 700)
    #expect(copy.number >= 700)
    try file.seek(to: 4)
    let rest = try copy.readAll(limit: 10)
    #expect(rest == bytes("ef"))
  }

  @Test("every descriptor is close-on-exec")
  func closeOnExec() throws {
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    let writer = ends.takeSecond()
    let file = try FileDescriptor.memoryFile(named: "test")
    let copy = try file.duplicate()
    let opened = try FileDescriptor.open("/dev/null")
    let socket = MessageSocket(owning: try Self.socketEnd())
    let numbers = [
      reader.number, writer.number, file.number, copy.number, opened.number, socket.descriptor.number,
    ]
    for number in numbers {
      #expect(try Self.flags(of: number).contains(.closeOnExec), "descriptor \(number)")
    }
  }

  private static func socketEnd() throws -> FileDescriptor {
    var ends = try MessageSocket.pair()
    return ends.takeFirst()
  }

  /// What proc(5) says of a descriptor.
  private static func flags(of number: CInt) throws -> OpenFlags {
    let path = FilePath(own: "/proc/self/fdinfo/\(number)")
    let text = String(decoding: try FileDescriptor.open(path).readAll(limit: 4096), as: UTF8.self)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("flags:") })
    return OpenFlags(rawValue: try #require(UInt64(line.dropFirst(7), radix: 8)))
  }

  @Test("a sealed memory file can neither change, grow nor shrink, nor be unsealed")
  func seal() throws {
    let file = try FileDescriptor.memoryFile(named: "test", holding: bytes("fixed"))
    try file.seek(to: 0)
    #expect(failure { try file.writeAll(bytes("other")) }?.code == EPERM)
    try file.seek(to: 5)
    #expect(failure { try file.writeAll(bytes("!")) }?.code == EPERM)
    #expect(ftruncate(file.number, 1) == -1)
    #expect(failure { try file.seal() }?.code == EPERM)
    try file.seek(to: 0)
    let kept = try file.readAll(limit: 100)
    #expect(kept == bytes("fixed"))
  }

  @Test("a sealed file that is opened again for writing still cannot be written to")
  func sealThroughProcfs() throws {
    let file = try FileDescriptor.memoryFile(named: "test", holding: bytes("fixed"))
    let again = try file.reopen(.readWrite)
    #expect(failure { try again.writeAll(bytes("o")) }?.code == EPERM)
  }

  @Test("a non-blocking pipe says EAGAIN, and waits again once it blocks")
  func nonBlocking() throws {
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    let writer = ends.takeSecond()
    try reader.setNonBlocking()
    #expect(failure { try reader.read(upTo: 1) } == KernelError(.read, code: EAGAIN))
    try reader.setBlocking()
    try writer.writeAll(bytes("x"))
    let got = try reader.read(upTo: 1)
    #expect(got == bytes("x"))
  }

  @Test("splice moves bytes between pipes, and says 0 at the end")
  func splice() throws {
    var from = try FileDescriptor.pipe()
    var to = try FileDescriptor.pipe()
    let source = from.takeFirst()
    var feeder: FileDescriptor? = from.takeSecond()
    let sink = to.takeFirst()
    let target = to.takeSecond()
    #expect(failure { try source.splice(to: target, upTo: 10) }?.code == EAGAIN)
    try feeder?.writeAll(bytes("moved"))
    let count = try source.splice(to: target, upTo: 3)
    #expect(count == 3)
    let got = try sink.read(upTo: 10)
    #expect(got == bytes("mov"))
    _ = try source.splice(to: target, upTo: 10)
    feeder = nil
    let end = try source.splice(to: target, upTo: 10)
    #expect(end == 0)
  }

  @Test("a full disk is ENOSPC of write")
  func fullDisk() throws {
    let full = try FileDescriptor.open("/dev/full", .writeOnly)
    #expect(failure { try full.writeAll(bytes("x")) } == KernelError(.write, code: ENOSPC))
  }

  @Test("closing a number that somebody else closed ends the process")
  func doubleClose() async {
    await #expect(processExitsWith: .failure) {
      let file = try FileDescriptor.open("/dev/null")
      close(file.number)
    }
  }

  @Test("a released number stays open, and is closed once by its new owner")
  func release() async {
    await #expect(processExitsWith: .success) {
      let before = try openDescriptors()
      let number = try FileDescriptor.open("/dev/null").release()
      #expect(try openDescriptors() == before + 1)
      do { _ = FileDescriptor(owning: number) }
      #expect(try openDescriptors() == before)
    }
  }
}
