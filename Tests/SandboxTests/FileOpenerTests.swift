import Glibc
import Kernel
import TestSupport
import Testing
import Wire

@testable import Sandbox

@Suite("Opening for a command")
struct FileOpenerTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    try place.makeDirectory("secret")
    try place.makeFile("secret/key", "a secret")
    try place.makeFile("file", "text")
  }

  private enum Outcome: Equatable {
    case text([UInt8])
    case directory
    case failed(FileOpener.Failure)
  }

  private func open(_ name: String, _ flags: OpenFlags = []) throws -> Outcome {
    var opener = try SandboxParts.opener(denying: ["\(place.path)/secret"])
    let path = try #require(FilePath(bytes(name.hasPrefix("/") ? name : "\(place.path)/\(name)")))
    let request = OpenRequest(base: .workingDirectory, path: path, flags: flags)
    switch opener.open(request, by: ProcessID(getpid()), grants: []) {
    case .opened(let file):
      return try file.status().kind == .directory ? .directory : .text(try file.readAll(limit: 100))
    case .failed(let failure): return .failed(failure)
    }
  }

  private func failure(_ name: String, _ flags: OpenFlags = []) throws -> FileOpener.Failure? {
    guard case .failed(let failure) = try open(name, flags) else { return nil }
    return failure
  }

  @Test("what is not denied is opened, for reading")
  func allowed() throws {
    #expect(try open("file") == .text(bytes("text")))
    #expect(try open("", .directory) == .directory)
    // The kernel hands out no O_PATH descriptors, so a readable one stands in.
    #expect(try open("file", .path) == .text(bytes("text")))
  }

  @Test("a denied file is refused as EACCES under its resolved name, however it was asked for")
  func denied() throws {
    try place.makeSymbolicLink("link", to: "secret/key")
    for name in ["secret/key", "link", "secret/../secret/key"] {
      let failure = try failure(name)
      let access = RefusedAccess(
        operation: .open, path: bytes("\(place.path)/secret/key"), reason: "it is \(place.path)/secret")
      #expect(failure == .refused(access), "\(name)")
      #expect(failure?.code == EACCES)
    }
  }

  @Test(
    "whoever asks for more than reading is told that the file system is read-only",
    arguments: [.writeOnly, .readWrite, .create, .truncate, .append, [.create, .readWrite], .temporaryFile]
      as [OpenFlags])
  func changes(flags: OpenFlags) throws {
    #expect(try failure("file", flags)?.code == EROFS)
    // A denied file is no different from one that is not there.
    #expect(try failure("secret/key", flags)?.code == EACCES)
    #expect(try failure("secret/absent", flags)?.code == EACCES)
    #expect(try FileDescriptor.open(try place.path("file")).readAll(limit: 10) == bytes("text"))
  }

  @Test("what does not exist is not created")
  func creation() throws {
    #expect(try failure("absent", [.create, .writeOnly]) == .kernel(ENOENT))
    let names = try FileDescriptor.open(try place.path()).entries(limit: 10)
    #expect(names == ["file", "secret"].map(bytes))
  }

  @Test("/dev/null takes writes")
  func null() throws {
    var opener = try SandboxParts.opener()
    let request = OpenRequest(
      base: .workingDirectory, path: "/dev/null", flags: [.writeOnly, .create, .truncate])
    guard case .opened(let file) = opener.open(request, by: ProcessID(getpid()), grants: []) else {
      throw Absent()
    }
    try file.writeAll(bytes("gone"))
  }

  @Test("a link that is not to be followed is ELOOP")
  func noFollow() throws {
    try place.makeSymbolicLink("link", to: "file")
    #expect(try failure("link", .noFollow) == .kernel(ELOOP))
    #expect(try open("link") == .text(bytes("text")))
  }

  @Test("a pipe or a socket is refused without being opened")
  func unsuitable() throws {
    // To open it would wait for a writer.
    try place.makePipe("pipe")
    guard case .refused(let access)? = try failure("pipe") else { throw Absent() }
    #expect(access.reason == "a named pipe is not opened for a command")
  }

  @Test("temporary files have no name, and are given only for what asks like mkstemp(3) or O_TMPFILE")
  func scratch() throws {
    var opener = try SandboxParts.opener()
    let wanted: [(FilePath, OpenFlags, Bool)] = [
      ("/tmp/x.abcdef", [.create, .exclusive, .readWrite, .closeOnExec], true),
      ("/tmp", [.temporaryFile, .directory, .readWrite], true),
      ("/tmp/x", [.create, .readWrite], false), ("/tmp/x", [.create, .exclusive, .writeOnly], false),
      ("/var/tmp/x", [.create, .exclusive, .readWrite], false),
      ("/tmp", [.create, .exclusive, .readWrite], false),
      ("/tmpx", [.create, .exclusive, .readWrite], false),
    ]
    for (path, flags, isGiven) in wanted {
      let file = opener.openScratch(OpenRequest(base: .workingDirectory, path: path, flags: flags))
      let isThere = file != nil
      #expect(isThere == isGiven, "\(path)")
    }
  }
}
