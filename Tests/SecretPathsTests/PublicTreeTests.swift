import SecretPaths
import Testing

@Suite("A public tree")
struct PublicTreeTests {
  @Test(
    "is the plain name of a directory",
    arguments: ["/usr/bin", "/a", "/usr/lib64", "/devices", "/var/cache/…"])
  func sound(text: String) throws {
    #expect(try PublicTree(text).description == text)
  }

  @Test(
    "is nothing else",
    arguments: [
      ("usr/bin", PublicTreeError.notAbsolute), ("", .notAbsolute), ("/", .root), ("/usr/", .notPlain),
      ("//usr", .notPlain), ("/usr/../etc", .notPlain), ("/usr/./bin", .notPlain), ("/a\0", .notPlain),
      ("/usr/*", .wildcard(offset: 5)), ("/usr/b?n", .wildcard(offset: 6)), ("/[ab]", .wildcard(offset: 1)),
      ("/a\\b", .wildcard(offset: 2)), ("/" + String(repeating: "x", count: 255), .tooLong),
    ])
  func unsound(text: String, expected: PublicTreeError) {
    #expect(throws: expected) { try PublicTree(text) }
    #expect(!expected.message.isEmpty && !expected.hint.isEmpty)
  }

  @Test(
    "does not lie where anyone writes or the kernel speaks, nor above",
    arguments: [
      ("/proc", PublicTreeError.volatile("/proc")), ("/proc/1", .volatile("/proc")),
      ("/sys/kernel", .volatile("/sys")), ("/dev/shm", .volatile("/dev")), ("/run/x", .volatile("/run")),
      ("/tmp", .volatile("/tmp")), ("/var/tmp/x", .volatile("/var/tmp")), ("/var/run", .volatile("/var/run")),
      ("/var", .aboveVolatile("/var/tmp")),
    ])
  func volatile(text: String, expected: PublicTreeError) {
    #expect(throws: expected) { try PublicTree(text) }
  }

  @Test("may be as long as a plan can carry")
  func longest() throws {
    #expect(try PublicTree("/" + String(repeating: "x", count: 254)).path.count == PublicTree.maximumLength)
  }
}
