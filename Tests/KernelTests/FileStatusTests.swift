import Glibc
import TestSupport
import Testing

@testable import Kernel

@Suite("File status")
struct FileStatusTests {
  private static func status(_ path: FilePath) throws -> FileStatus {
    try FileDescriptor.open(path, [.path, .noFollow]).status()
  }

  @Test("each kind of file is told from the others")
  func kinds() throws {
    let place = try TemporaryDirectory()
    let listener = try MessageSocket.listening(at: try place.path("socket"), backlog: 1)
    #expect(try Self.status(try place.makeFile("file")).kind == .regular)
    #expect(try Self.status(try place.path()).kind == .directory)
    #expect(try Self.status(try place.makeSymbolicLink("link", to: "file")).kind == .symbolicLink)
    #expect(try Self.status(try place.makePipe("pipe")).kind == .fifo)
    #expect(try Self.status(try place.path("socket")).kind == .socket)
    #expect(try Self.status("/dev/null").kind == .characterDevice)
    let special = try listener.descriptor.status().kind
    #expect(special == .socket)
  }

  @Test("/dev/null is device 1:3")
  func device() throws {
    #expect(try Self.status("/dev/null").special == FileStatus.Device(major: 1, minor: 3))
  }

  @Test("mode, size, owner and the number of names are those of the file")
  func attributes() throws {
    let place = try TemporaryDirectory()
    let path = try place.makeFile("file", "12345", mode: 0o640)
    #expect(unsafe chmod("\(place.path)/file", 0o4640) == 0)
    try place.makeHardLink("second", to: "file")
    let status = try Self.status(path)
    #expect(status.mode == 0o4640)
    #expect(status.size == 5)
    #expect(status.links == 2)
    #expect(status.user == .effective)
    let second = try Self.status(try place.path("second"))
    #expect(second == status)
  }

  @Test("a new name moves the change time on")
  func changeTime() throws {
    let place = try TemporaryDirectory()
    let path = try place.makeFile("file")
    let before = try Self.status(path)
    let clock = MonotonicClock.wallClock
    #expect(abs(clock - before.changed) < 60_000_000_000)
    usleep(20_000)
    try place.makeHardLink("second", to: "file")
    #expect(try Self.status(path).changed > before.changed)
  }

  @Test("the status of a name is that of the link, not of what it leads to")
  func statusOfName() throws {
    let place = try TemporaryDirectory()
    try place.makeSymbolicLink("link", to: "/dev/null")
    let directory = try FileDescriptor.open(try place.path(), .path)
    let kind = try directory.status(of: "link").kind
    #expect(kind == .symbolicLink)
    #expect(failure { try directory.status(of: "absent") } == KernelError(.statx, on: "absent", code: ENOENT))
  }

  @Test("objects of procfs are told from others")
  func procfs() throws {
    let inside = try FileDescriptor.open("/proc/self", .path).isOnProcfs()
    let outside = try FileDescriptor.open("/", .path).isOnProcfs()
    #expect(inside && !outside)
  }

  @Test("the mount is one that /proc/self/mountinfo lists")
  func mount() throws {
    let root = try FileDescriptor.open("/proc", .path).status()
    let table = String(
      decoding: try FileDescriptor.open("/proc/self/mountinfo").readAll(limit: 1 << 20), as: UTF8.self)
    #expect(
      table.split(separator: "\n").contains { $0.hasPrefix("\(root.mount) ") && $0.contains(" /proc ") })
  }
}
