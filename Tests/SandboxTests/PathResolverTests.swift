import Glibc
import Kernel
import TestSupport
import Testing

@testable import Sandbox

@Suite("Resolving paths for another process")
struct PathResolverTests {
  private let place: TemporaryDirectory
  private let caller: Caller

  init() throws {
    place = try TemporaryDirectory()
    try place.makeDirectory("inside")
    try place.makeFile("inside/file", "inner")
    try place.makeFile("outside", "outer")
    let outside = try FileDescriptor.open(try place.path("outside"))
    let directory = try FileDescriptor.open(try place.path(), .directory)
    caller = try Caller(in: try place.path("inside"), files: [outside.number, directory.number])
  }

  /// Where an open by the caller leads.
  private func location(
    _ path: String, from base: OpenRequest.Base = .workingDirectory, _ flags: OpenFlags = [],
    resolve: Resolution = []
  ) throws -> String {
    var request = OpenRequest(base: base, path: try #require(FilePath(bytes(path))), flags: flags)
    request.resolve = resolve
    let object = try SandboxParts.resolver().object(of: request, by: caller.process)
    return String(decoding: object.location, as: UTF8.self)
  }

  private func code(
    _ path: String, from base: OpenRequest.Base = .workingDirectory, _ flags: OpenFlags = [],
    resolve: Resolution = []
  ) -> CInt? {
    failure { try location(path, from: base, flags, resolve: resolve) }?.code
  }

  @Test("a relative path starts where the caller stands, not where the supervisor does")
  func workingDirectory() throws {
    #expect(try location("file") == "\(place.path)/inside/file")
    #expect(try location("../outside") == "\(place.path)/outside")
    #expect(try location(".") == "\(place.path)/inside")
  }

  @Test("a path relative to a descriptor starts at the caller's descriptor of that number")
  func descriptor() throws {
    #expect(try location("outside", from: .descriptor(4)) == "\(place.path)/outside")
    #expect(try location("/proc/version", from: .descriptor(4)) == "/proc/version")
    #expect(code("x", from: .descriptor(3)) == ENOTDIR)
    #expect(code("x", from: .descriptor(77)) != nil)
    #expect(code("x", from: .descriptor(-5)) != nil)
  }

  @Test(
    "/proc/self is the caller, by every way that leads there",
    arguments: [
      "/proc/self", "//proc/./self", "/proc/../proc/self", "/proc/1/../self", "/proc/self/task/../../self",
    ])
  func procSelf(path: String) throws {
    #expect(try location(path + "/status") == "/proc/\(caller.process)/status")
    #expect(try location(path) == "/proc/\(caller.process)")
  }

  @Test("/proc/thread-self is the caller's first thread, and /proc/self/fd its descriptors")
  func threadSelf() throws {
    let process = caller.process
    #expect(try location("/proc/thread-self/status") == "/proc/\(process)/task/\(process)/status")
    #expect(try location("/proc/self/fd/3") == "\(place.path)/outside")
    #expect(try location("/proc/self/cwd") == "\(place.path)/inside")
    #expect(try location("/proc/self/cwd/file") == "\(place.path)/inside/file")
    #expect(try location("/dev/fd/3") == "\(place.path)/outside")
  }

  @Test("links to /proc/self mean the caller too")
  func linkToSelf() throws {
    try place.makeSymbolicLink("inside/me", to: "/proc/self")
    try place.makeSymbolicLink("inside/mine", to: "me/status")
    #expect(try location("me/status") == "/proc/\(caller.process)/status")
    #expect(try location("mine") == "/proc/\(caller.process)/status")
  }

  @Test("a link by object is followed to the object")
  func linksByObject() throws {
    let process = caller.process
    #expect(try location("/proc/\(process)/fd/3") == "\(place.path)/outside")
    #expect(try location("/proc/\(process)/root\(place.path)/outside") == "\(place.path)/outside")
    #expect(try location("/proc/\(process)/cwd/../outside") == "\(place.path)/outside")
    #expect(try location("/proc/\(process)/exe") == location("/bin/sleep"))
  }

  @Test("the last link is not followed by those who ask for that")
  func noFollow() throws {
    try place.makeSymbolicLink("inside/link", to: "file")
    #expect(try location("link") == "\(place.path)/inside/file")
    #expect(try location("link", .noFollow) == "\(place.path)/inside/link")
    #expect(try location("/proc/self", .noFollow) == "/proc/self")
    #expect(try location("/proc/self/cwd", .noFollow) == "/proc/\(caller.process)/cwd")
  }

  @Test("links in a circle and too many in a row are ELOOP")
  func loops() throws {
    try place.makeSymbolicLink("inside/a", to: "b")
    try place.makeSymbolicLink("inside/b", to: "a")
    #expect(code("a") == ELOOP)
    #expect(code("a/file") == ELOOP)
    try place.makeSymbolicLink("inside/self", to: "/proc/self/cwd/self")
    #expect(code("self") == ELOOP)
    for index in 0...41 {
      try place.makeSymbolicLink("inside/l\(index)", to: index == 0 ? "file" : "l\(index - 1)")
    }
    #expect(try location("l39") == "\(place.path)/inside/file")
    #expect(code("l41") == ELOOP)
  }

  @Test("what is not there, or not a directory, is the kernel's own error")
  func errors() throws {
    try place.makeSymbolicLink("inside/dangling", to: "nowhere")
    #expect(code("absent") == ENOENT)
    #expect(code("dangling") == ENOENT)
    #expect(code("file/x") == ENOTDIR)
    #expect(code("file", .directory) == ENOTDIR)
    #expect(code("/proc/self/absent") == ENOENT)
    #expect(code("/proc/self/cwd/absent") == ENOENT)
  }

  @Test("a path of 4,095 bytes is walked, a longer one is ENAMETOOLONG, by the kernel and by the walk")
  func longPaths() throws {
    for prefix in ["", "/proc/self/cwd/"] {
      let name = prefix + String(repeating: "./", count: (4095 - prefix.utf8.count - 4) / 2)
      let fitting = name + String(repeating: "/", count: 4095 - name.utf8.count - 4) + "file"
      #expect(fitting.utf8.count == 4095)
      #expect(try location(fitting) == "\(place.path)/inside/file")
      #expect(code(fitting + "x") == ENAMETOOLONG)
    }
    #expect(code(String(repeating: "n", count: 256)) == ENAMETOOLONG)
  }

  @Test("the bounds of openat2 hold, from the caller's directory")
  func bounds() throws {
    #expect(try location("file", resolve: .beneath) == "\(place.path)/inside/file")
    #expect(code("../outside", resolve: .beneath) == EXDEV)
    #expect(try location("/file", resolve: .inRoot) == "\(place.path)/inside/file")
    #expect(try location("/../../file", resolve: .inRoot) == "\(place.path)/inside/file")
    try place.makeSymbolicLink("inside/link", to: "file")
    #expect(code("link", resolve: .noSymbolicLinks) != nil)
    #expect(code("/proc/self/status", resolve: .noMountCrossing) != nil)
  }

  @Test("a caller that is gone is an error")
  func gone() throws {
    let request = OpenRequest(base: .workingDirectory, path: "/proc/self/status", flags: [])
    #expect(failure { try SandboxParts.resolver().object(of: request, by: ProcessID(0x7FFF_FFFE)) } != nil)
  }
}
