import Glibc
import Kernel
import SecretPaths
import TestSupport
import Testing

@testable import Sandbox

@Suite("Asking what an object is")
struct AttributeTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    try place.makeDirectory("secret")
    try place.makeFile("secret/key", "a secret")
    try place.makeFile("file", "text", mode: 0o640)
    try place.makeSymbolicLink("link", to: "file")
  }

  private func ask(
    _ wanted: AttributeRequest.Wanted, _ name: String, _ flags: OpenFlags = []
  ) throws -> AttributeAnswer {
    var opener = try SandboxParts.opener(denying: ["\(place.path)/secret"])
    let path = OpenRequest(base: .workingDirectory, path: try place.path(name), flags: flags)
    let request = AttributeRequest(path: path, descriptor: .workingDirectory, wanted: wanted, answer: 0)
    return try opener.attributes(request, by: ProcessID(getpid()), grants: [])
  }

  private func code(_ name: String, _ wanted: AttributeRequest.Wanted = .status) -> CInt? {
    failure { try ask(wanted, name) }?.code
  }

  @Test("the answer is the kernel's own structure")
  func structures() throws {
    var expected = stat()
    #expect(unsafe stat("\(place.path)/file", &expected) == 0)
    let status = try ask(.status, "file").bytes
    #expect(status.count == MemoryLayout<stat>.size)
    // The array has the size of the structure.
    let size = unsafe status.withUnsafeBytes { unsafe $0.loadUnaligned(as: stat.self).st_size }
    #expect(size == 4 && size == expected.st_size)
    #expect(try ask(.extendedStatus(synchronisation: 0, mask: 0x7FF), "file").bytes.count == 256)
    #expect(try ask(.fileSystem, "file").bytes.count == 120)
  }

  @Test("a link's text is cut to the room that the caller has, and counted")
  func links() throws {
    let whole = try ask(.linkText(room: 100), "link", .noFollow)
    #expect(whole.bytes == bytes("file") && whole.value == 4)
    let cut = try ask(.linkText(room: 2), "link", .noFollow)
    #expect(cut.bytes == bytes("fi") && cut.value == 2)
  }

  @Test("what is no link has no text, and says so as the kernel does")
  func noLinks() {
    #expect(code("file", .linkText(room: 100)) == EINVAL)
    #expect(code("absent", .linkText(room: 100)) == ENOENT)
  }

  @Test("access is what this user has")
  func access() throws {
    #expect(try ask(.access(mode: R_OK, effective: false), "file").value == 0)
    #expect(code("absent", .access(mode: F_OK, effective: false)) == ENOENT)
  }

  @Test("an attribute that is not there is an error, and one without room only counted")
  func extended() throws {
    let name = try #require(FilePath(bytes("user.none")))
    #expect([ENODATA, EOPNOTSUPP].contains(code("file", .attribute(name, room: 10))))
    #expect(try ask(.attributeNames(room: 0), "file").bytes.isEmpty)
  }

  @Test(
    "what is denied, what lies in it, there or not, and a way through it are the same",
    arguments: [
      "secret", "secret/key", "secret/absent", "secret/key/below", "secret/key/../../file", "secret/../file",
      "secret/absent/../../file",
    ])
  func denied(name: String) {
    #expect(code(name) == EACCES)
    #expect(code(name, .access(mode: F_OK, effective: false)) == EACCES)
    #expect(code(name, .fileSystem) == EACCES)
  }

  @Test("elsewhere an error is the kernel's")
  func elsewhere() {
    #expect(code("absent") == ENOENT)
    #expect(code("file/below") == ENOTDIR)
    #expect(code("file") == nil)
    #expect(code("link/../file") == ENOTDIR)
  }

  @Test("an open tells no more")
  func opens() throws {
    var opener = try SandboxParts.opener(denying: ["\(place.path)/secret"])
    for name in ["secret/absent", "secret/key/below", "secret/../file"] {
      for flags in [[], .writeOnly, .path, [.path, .noFollow]] as [OpenFlags] {
        let request = OpenRequest(base: .workingDirectory, path: try place.path(name), flags: flags)
        guard case .failed(let failure) = opener.open(request, by: ProcessID(getpid()), grants: []) else {
          Issue.record("\(name) was opened")
          continue
        }
        #expect(failure.code == EACCES, "\(name)")
      }
    }
  }
}
