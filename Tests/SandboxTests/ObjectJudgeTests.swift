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
    return try denial(
      of: ResolvedObject(.open(path, .path)), denying: patterns, index: index, madeAt: madeAt)
  }

  private func denial(
    of object: borrowing ResolvedObject, denying patterns: [String] = ["secret"], index: [DeniedFile] = [],
    madeAt: Int64 = .max
  ) throws -> ObjectJudge.Denial? {
    var judge = try SandboxParts.judge(
      denying: patterns.map { $0.hasPrefix("/") ? $0 : "\(place.path)/\($0)" }, index: index, madeAt: madeAt)
    return try judge.denial(of: object)
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

  @Test("a file that is denied by its name is so even when the index of hard links cannot tell")
  func deniedAndUndecided() throws {
    try place.makeHardLink("open/second", to: "secret/key")
    let object = try ResolvedObject(.open(try place.path("secret/key"), .path))
    var judge = try SandboxParts.judge(denying: ["\(place.path)/secret"], madeAt: 0)
    let expected = ObjectJudge.Denial.secret("it is \(place.path)/secret")
    #expect(try judge.denial(of: object) == expected)
    #expect(try judge.denialOfAttributes(of: object) == expected)
  }

  @Test("a removed file keeps the name that it had, and one that is called so is not taken for it")
  func removed() throws {
    let descriptor = try FileDescriptor.open(try place.path("secret/key"), .path)
    try place.remove("secret/key")
    let object = try ResolvedObject(descriptor)
    #expect(try denial(of: object, denying: ["secret/key"]) != nil)
    #expect(try denial(of: object, denying: ["secret"]) != nil)
    #expect(try denial(of: object, denying: ["secret/other"]) == nil)
  }

  @Test("pipes with a name, sockets and devices are not opened for a command")
  func unsuitable() throws {
    try place.makePipe("open/pipe")
    let listener = try MessageSocket.listening(at: try place.path("open/socket"), backlog: 1)
    #expect(try denial(of: "open/pipe") == .unsuitable("a named pipe"))
    #expect(try denial(of: "open/socket") == .unsuitable("a socket"))
    // /dev/mem
    #expect(try denial(of: Self.device(.characterDevice, 1, 1)) == .unsuitable("a device"))
    #expect(try denial(of: Self.device(.blockDevice, 1, 3)) == .unsuitable("a device"))
    withExtendedLifetime(listener.descriptor.number) {}
  }

  @Test("harmless devices are opened, unless the denylist has them; the terminal is nobody's")
  func devices() throws {
    for name in ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/full"] {
      #expect(try denial(of: name) == nil)
    }
    #expect(try denial(of: "/dev/urandom", denying: ["/dev/urandom"]) == .secret("it is /dev/urandom"))
    // /dev/tty
    #expect(try denial(of: Self.device(.characterDevice, 5, 0)) == .noTerminal)
  }

  /// /dev/null, as if it were another device.
  private static func device(
    _ kind: FileStatus.Kind, _ major: UInt32, _ minor: UInt32
  ) throws -> ResolvedObject {
    let null = try FileDescriptor.open("/dev/null", .path)
    var status = try null.status()
    status.kind = kind
    status.special = FileStatus.Device(major: major, minor: minor)
    return ResolvedObject(descriptor: null, status: status, location: Array("/dev/null".utf8))
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
