import DeniedFiles
import Glibc
import Kernel
import TestSupport
import Testing

@testable import Sandbox

@Suite("Judging objects")
struct ObjectJudgeTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    try place.makeDirectory("secret")
    try place.makeFile("secret/key")
    try place.makeDirectory("open")
    try place.makeFile("open/file")
  }

  /// The denial of what a path leads to; nil when it is handed over.
  private func denial(
    of name: String, denying patterns: [String] = ["secret"], index: [DeniedFile] = [], madeAt: Int64 = .max
  ) throws -> ObjectJudge.Denial? {
    let path = try #require(FilePath(bytes(name.hasPrefix("/") ? name : "\(place.path)/\(name)")))
    let object = try FileDescriptor.open(path, .path)
    return try denial(of: object, object.status(), denying: patterns, index: index, madeAt: madeAt)
  }

  private func denial(
    of object: borrowing FileDescriptor, _ status: FileStatus, denying patterns: [String] = ["secret"],
    index: [DeniedFile] = [], madeAt: Int64 = .max
  ) throws -> ObjectJudge.Denial? {
    var judge = try SandboxParts.judge(
      denying: patterns.map { $0.hasPrefix("/") ? $0 : "\(place.path)/\($0)" }, index: index, madeAt: madeAt)
    switch try judge.judge(object, status) {
    case .success: return nil
    case .failure(let denial): return denial
    }
  }

  @Test("an object is judged by where it is, however it was reached")
  func byObject() throws {
    try place.makeSymbolicLink("open/link", to: "../secret/key")
    try place.makeSymbolicLink("open/directory", to: "../secret")
    for name in [
      "secret", "secret/key", "open/link", "open/directory/key", "open/../secret/./key", "open/directory",
    ] {
      #expect(try denial(of: name) == .secret("it is \(place.path)/secret"), "\(name)")
    }
    for name in ["open/file", "open", "", "secret/../open/file"] {
      #expect(try denial(of: name) == nil, "\(name)")
    }
  }

  @Test("a hard link that the index knows is denied under its innocent name")
  func knownHardLink() throws {
    let path = try place.makeHardLink("open/innocent", to: "secret/key")
    let file = DeniedFile(try FileDescriptor.open(path, .path).status())
    guard case .secret = try denial(of: "open/innocent", index: [file]) else {
      Issue.record("it was handed over")
      return
    }
  }

  @Test(
    "a hard link that the index does not know is free if it is older than the index, and undecided if not")
  func unknownHardLink() throws {
    let path = try place.makeHardLink("open/second", to: "open/file")
    let changed = try FileDescriptor.open(path, .path).status().changed
    #expect(try denial(of: "open/second", madeAt: changed + 1) == nil)
    #expect(try denial(of: "open/second", madeAt: changed - 1) == .undecided)
  }

  @Test("a removed file keeps the name that it had, and one that is called so is not taken for it")
  func removed() throws {
    let object = try FileDescriptor.open(try place.path("secret/key"), .path)
    try place.remove("secret/key")
    let status = try object.status()
    #expect(try denial(of: object, status, denying: ["secret/key"]) != nil)
    #expect(try denial(of: object, status, denying: ["secret"]) != nil)
    #expect(try denial(of: object, status, denying: ["secret/other"]) == nil)
  }

  @Test("pipes with a name, sockets and devices are not opened for a command")
  func unsuitable() throws {
    try place.makePipe("open/pipe")
    let listener = try MessageSocket.listening(at: try place.path("open/socket"), backlog: 1)
    #expect(try denial(of: "open/pipe") == .unsuitable("a named pipe"))
    #expect(try denial(of: "open/socket") == .unsuitable("a socket"))
    let null = try FileDescriptor.open("/dev/null", .path)
    var status = try null.status()
    // /dev/mem
    status.special = FileStatus.Device(major: 1, minor: 1)
    #expect(try denial(of: null, status) == .unsuitable("a device"))
    status.special = FileStatus.Device(major: 1, minor: 3)
    status.kind = .blockDevice
    #expect(try denial(of: null, status) == .unsuitable("a device"))
    withExtendedLifetime(listener.descriptor.number) {}
  }

  @Test("harmless devices are opened, unless the denylist has them; the terminal is nobody's")
  func devices() throws {
    for name in ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/full"] {
      #expect(try denial(of: name) == nil)
    }
    #expect(try denial(of: "/dev/urandom", denying: ["/dev/urandom"]) == .secret("it is /dev/urandom"))
    let null = try FileDescriptor.open("/dev/null", .path)
    var status = try null.status()
    // /dev/tty
    status.special = FileStatus.Device(major: 5, minor: 0)
    #expect(try denial(of: null, status) == .noTerminal)
  }

  @Test("details of processes are denied without a word")
  func processDetails() throws {
    #expect(try denial(of: "/proc/self/environ", denying: ["/proc/*/environ"]) == .processDetail)
    #expect(
      try denial(of: "/proc/self/task/\(getpid())/environ", denying: ["/proc/**/environ"]) == .processDetail)
    #expect(try denial(of: "/proc/self/status", denying: ["/proc/*/environ"]) == nil)
    #expect(try denial(of: "/proc/version", denying: ["/proc/version"]) == .secret("it is /proc/version"))
  }

  @Test("the call's own pipes are opened through /proc, other nameless objects are not")
  func nameless() throws {
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    #expect(try denial(of: "/proc/self/fd/\(reader.number)") == nil)
    let memory = try FileDescriptor.memoryFile(named: "test")
    #expect(try denial(of: "/proc/self/fd/\(memory.number)") == .nameless)
    var pair = try MessageSocket.pair()
    let socket = pair.takeFirst()
    #expect(try denial(of: "/proc/self/fd/\(socket.number)") == .nameless)
  }
}
