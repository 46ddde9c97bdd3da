import Glibc
import Kernel
import TestSupport
import Testing

@testable import Sandbox

@Suite("Programs and scripts")
struct ExecutableImageTests {
  @Test(
    "a script's first line gives its interpreter and at most one argument",
    arguments: [
      ("#!/bin/sh\n", ["/bin/sh"]), ("#!/bin/sh", ["/bin/sh"]), ("#! /bin/sh\nexit", ["/bin/sh"]),
      ("#! \t /bin/sh\n", ["/bin/sh"]), ("#!/bin/sh -e\n", ["/bin/sh", "-e"]),
      ("#!/usr/bin/env  python3 -I\t-B \n", ["/usr/bin/env", "python3 -I\t-B"]),
      ("#!/bin/sh \n", ["/bin/sh"]), ("#!/bin/sh  \t \n", ["/bin/sh"]), ("#!\n/bin/sh", []), ("#!  \n", []),
    ])
  func interpreter(start: String, expected: [String]) {
    #expect(ExecutableImage.interpreterLine(bytes(start)) == expected.map(bytes))
  }

  @Test(
    "what does not begin with #! is no script", arguments: ["", "#", "# !/bin/sh", " #!/bin/sh", "\u{7F}ELF"])
  func noScript(start: String) {
    #expect(ExecutableImage.interpreterLine(bytes(start)) == nil)
  }

  @Test("a program is executed as it is, with its own arguments")
  func program() throws {
    let arguments = ["ls", "-l"].map(bytes)
    let image = try ExecutableImage(bytes("/bin/ls"), arguments: arguments)
    #expect(image.arguments == arguments)
    let own = try image.file.status().inode
    let expected = try FileDescriptor.open("/bin/ls", .path).status().inode
    #expect(own == expected)
  }

  @Test("a script becomes its interpreter, with the script's path in the place of its name")
  func script() throws {
    let place = try TemporaryDirectory()
    try place.makeFile("script", "#!/bin/cat -n\ntext\n", mode: 0o755)
    let path = bytes("\(place.path)/script")
    let image = try ExecutableImage(path, arguments: ["script", "a", "b"].map(bytes))
    #expect(image.arguments == [bytes("/bin/cat"), bytes("-n"), path, bytes("a"), bytes("b")])
    let location = try image.file.location()
    #expect(location.suffix(4).elementsEqual("/cat".utf8))
  }

  @Test("a script that names no interpreter, or one that is not there, is an error")
  func badScripts() throws {
    let place = try TemporaryDirectory()
    try place.makeFile("empty", "#!\n", mode: 0o755)
    try place.makeFile("absent", "#!/no/such/interpreter\n", mode: 0o755)
    let empty = failure { try ExecutableImage(bytes("\(place.path)/empty"), arguments: []) }
    #expect(empty?.code == ENOEXEC)
    let absent = failure { try ExecutableImage(bytes("\(place.path)/absent"), arguments: []) }
    #expect(absent?.code == ENOENT)
  }

  @Test("the loader that every dynamic program needs is there")
  func loader() throws {
    let path = try #require(FilePath(ExecutableImage.loader))
    #expect(failure { try FileDescriptor.open(path, .path) } == nil)
  }
}
