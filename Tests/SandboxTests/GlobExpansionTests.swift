import Glibc
import Kernel
import TestSupport
import Testing

@testable import Sandbox

@Suite("Expanding globs")
struct GlobExpansionTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    for directory in ["a", "b", "secret"] { try place.makeDirectory(directory) }
    for file in ["a/1.log", "a/2.log", "b/1.log", "secret/3.log", "z.txt", ".hidden", "x[1]"] {
      try place.makeFile(file)
    }
  }

  private func names(_ pattern: String, denying denied: [String] = []) throws -> [String] {
    var opener = try SandboxParts.opener(denying: denied.map { "\(place.path)/\($0)" })
    return try GlobExpansion(bytes(pattern)).names(
      from: bytes(place.path), through: &opener, by: ProcessID(getpid())
    ).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("a relative glob gives relative names in byte order, without those that begin with a dot")
  func relative() throws {
    #expect(try names("*") == ["a", "b", "secret", "x[1]", "z.txt"])
    #expect(try names("*/*.log") == ["a/1.log", "a/2.log", "b/1.log", "secret/3.log"])
    #expect(try names("[ab]/1*") == ["a/1.log", "b/1.log"])
    #expect(try names(".h*") == [".hidden"])
  }

  @Test("an absolute glob gives absolute names")
  func absolute() throws {
    #expect(try names("\(place.path)/?/2.log") == ["\(place.path)/a/2.log"])
  }

  @Test("literal names between wildcards must exist, and dots lead where they lead")
  func literals() throws {
    #expect(try names("*/1.log") == ["a/1.log", "b/1.log"])
    #expect(try names("*/absent") == [])
    #expect(try names("a/../*.txt") == ["a/../z.txt"])
    #expect(try names(#"x\[1\]*"#) == ["x[1]"])
  }

  @Test("what matches nothing gives no names")
  func noMatch() throws {
    #expect(try names("*.absent") == [])
    #expect(try names("absent/*") == [])
    #expect(try names("z.txt/*") == [])
    #expect(try names("/proc/self/fd/*/x") == [])
  }

  @Test("names below a denied directory are not even seen")
  func denied() throws {
    #expect(try names("*/*.log", denying: ["secret"]) == ["a/1.log", "a/2.log", "b/1.log"])
    #expect(try names("secret/*", denying: ["secret"]) == [])
    #expect(try names("secret/3.log*", denying: ["secret"]) == [])
    try place.makeSymbolicLink("link", to: "secret")
    #expect(try names("link/*", denying: ["secret"]) == [])
    #expect(try names("l*/3.log", denying: ["secret"]) == [])
  }

  @Test("no name is taken for an option")
  func options() throws {
    try place.makeFile("-rf")
    try place.makeDirectory("-d")
    try place.makeFile("-d/x")
    #expect(try names("-*") == ["./-d", "./-rf"])
    #expect(try names("*/x") == ["./-d/x"])
    #expect(try names("\(place.path)/-r*") == ["\(place.path)/-rf"])
  }

  @Test("a glob gives at most 4,096 names")
  func tooMany() throws {
    try place.makeDirectory("many")
    for index in 0..<4096 { #expect(unsafe symlink("x", "\(place.path)/many/\(index)") == 0) }
    #expect(try names("many/*").count == 4096)
    #expect(unsafe symlink("x", "\(place.path)/many/more") == 0)
    #expect(throws: GlobExpansion.Failure.tooManyNames(most: 4096)) { try names("many/*") }
  }

  @Test("a directory that cannot be read for want of something is no empty one, as a closed one is")
  func unreadable() async {
    await #expect(processExitsWith: .success) {
      let place = try TemporaryDirectory()
      try place.makeFile("one")
      let path = place.path
      func names(failing code: CInt = 0) throws -> [[UInt8]] {
        var opener = try SandboxParts.opener()
        Faults.force([code], on: .statx)
        defer { Faults.clear() }
        return try GlobExpansion(bytes("*")).names(
          from: bytes(path), through: &opener, by: ProcessID(getpid()))
      }
      #expect(try names() == [bytes("one")])
      for code in [ENOMEM, EMFILE, EIO] {
        let error = KernelError(.openat2, on: "\(path)/", code: code)
        #expect(throws: GlobExpansion.Failure.unreadable(error)) { try names(failing: code) }
      }
      #expect(try names(failing: EACCES).isEmpty)
    }
  }

  @Test("the text without its backslashes is what the caller wrote")
  func unescaped() {
    #expect(GlobExpansion.unescaped(bytes(#"a\*b\\c*"#)) == bytes(#"a*b\c*"#))
    #expect(GlobExpansion.unescaped(bytes("plain")) == bytes("plain"))
  }
}
