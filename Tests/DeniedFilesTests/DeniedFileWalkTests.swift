import Glibc
import Kernel
import SecretPaths
import TestSupport
import Testing

@testable import DeniedFiles

@Suite("The walk of the denied trees")
struct DeniedFileWalkTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    for directory in ["home", "home/a", "home/a/.ssh", "home/b", "home/b/deep", "home/b/deep/.ssh", "open"] {
      try place.makeDirectory(directory)
    }
  }

  /// Walks patterns below the temporary directory.
  private func walk(_ patterns: String...) throws -> DeniedFileWalk.Result {
    DeniedFileWalk.run(
      SecretPaths(
        try patterns.map {
          SecretPaths.Entry(pattern: try PathPattern("\(place.path)/\($0)"), reason: "test", location: "test")
        }))
  }

  private func finding(_ name: String, in result: DeniedFileWalk.Result) throws -> DeniedFileIndex.Finding {
    let index = try DeniedFileIndex(.memoryFile(named: "test", holding: result.bytes))
    return index.finding(for: try status(try place.path(name)))
  }

  /// A denied file and its other name outside.
  private func makeLinked(_ name: String, outside: String) throws {
    try place.makeFile(name)
    try place.makeHardLink(outside, to: name)
  }

  @Test(
    "another name of a denied file is found by each kind of pattern",
    arguments: [
      "home/a/.ssh/key", "home/a/.ssh", "home/*/.ssh", "home/?/.ssh/k*", "home/**/key", "**/.ssh",
      "home/a/**",
      "home/[ab]/.ssh/key", #"home/\a/.ssh/key"#,
    ])
  func patterns(pattern: String) throws {
    try makeLinked("home/a/.ssh/key", outside: "open/innocent")
    let result = try walk(pattern)
    #expect(result.found == 1)
    #expect(result.isComplete)
    #expect(try finding("open/innocent", in: result) == .denied)
  }

  @Test("only what a pattern covers is found")
  func others() throws {
    try makeLinked("home/a/.ssh/key", outside: "open/innocent")
    try makeLinked("home/a/notes", outside: "open/notes")
    try place.makeFile("home/b/deep/.ssh/single")
    #expect(try walk("home/*/.ssh").found == 1)
    #expect(try walk("home/**/.ssh").found == 1)
    #expect(try walk("home/b").found == 0)
    #expect(try walk("home/a/.ssh", "home/a", "home/*/notes").found == 2)
  }

  @Test("symbolic links lead nowhere")
  func symbolicLinks() throws {
    try makeLinked("open/file", outside: "open/second")
    try place.makeSymbolicLink("home/a/.ssh/link", to: "../../../open")
    try place.makeSymbolicLink("home/c", to: "../open")
    try place.makeSymbolicLink("home/a/.ssh/loop", to: ".")
    let result = try walk("home/*/.ssh", "home/c", "home/*/file", "home/a/**")
    #expect(result.found == 0)
    #expect(result.isComplete)
  }

  @Test("a pipe, a socket or a device in a denied tree does not hold the walk up")
  func specialFiles() throws {
    try place.makePipe("home/a/.ssh/pipe")
    try place.makeHardLink("open/pipe", to: "home/a/.ssh/pipe")
    let result = try walk("home/a/.ssh", "home/a/.ssh/*/x")
    #expect(result.found == 0)
    #expect(result.isComplete)
  }

  @Test("a tree that does not exist holds nothing")
  func absent() throws {
    let result = try walk("no/such/tree/**", "home/*/absent", "home/a/.ssh/absent")
    #expect(result.found == 0)
    #expect(result.isComplete)
  }

  @Test("kernel file systems are not walked")
  func kernelFileSystems() throws {
    let entries = try ["/proc/*/environ", "/sys/**"].map {
      SecretPaths.Entry(pattern: try PathPattern($0), reason: "test", location: "test")
    }
    let result = DeniedFileWalk.run(SecretPaths(entries))
    #expect(result.found == 0 && result.isComplete)
  }

  @Test("deep trees are walked to their end")
  func deep() throws {
    var name = "home/a/.ssh"
    for level in 0..<100 {
      name += "/\(level)"
      try place.makeDirectory(name)
    }
    try makeLinked(name + "/key", outside: "open/innocent")
    let result = try walk("home/*/.ssh")
    #expect(result.found == 1 && result.isComplete)
  }

  @Test(
    "the index is older than the walk's begin, by the clocks' margin: what is linked then or later cannot be cleared"
  )
  func age() throws {
    try makeLinked("open/file", outside: "open/second")
    let result = try walk("home/*/.ssh")
    #expect(try finding("open/file", in: result) == .unknown)
    try place.makeHardLink("open/third", to: "open/file")
    #expect(try finding("open/file", in: result) == .unknown)
  }

  @Test(
    "a directory that cannot be read, or whose names cannot be looked at, makes the walk incomplete",
    .enabled(if: geteuid() != 0, "root reads every directory: run the tests as another user"),
    arguments: [0o000, 0o300, 0o400] as [mode_t])
  func unreadable(mode: mode_t) throws {
    try makeLinked("home/a/.ssh/key", outside: "open/innocent")
    #expect(unsafe chmod("\(place.path)/home/a/.ssh", mode) == 0)
    #expect(try !walk("home/*/.ssh").isComplete)
    #expect(try !walk("home/a/.ssh/k*").isComplete)
  }
}
