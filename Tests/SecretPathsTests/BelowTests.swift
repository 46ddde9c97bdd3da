import SecretPaths
import Testing

@Suite("Below a directory")
struct BelowTests {
  @Test(
    "a path is below a directory name by name; everything is below the root, and nothing is below no path at all",
    arguments: [
      ("/a/b", "/a", true), ("/a", "/a", true), ("/ab", "/a", false), ("/a", "/a/b", false),
      ("/a/b", "/", true),
      ("/", "/", true), ("", "/", false), ("/proc", "/proc", true), ("/process", "/proc", false),
    ])
  func below(path: String, directory: String, expected: Bool) {
    #expect(LexicalPath.isBelow(Array(path.utf8), Array(directory.utf8)) == expected)
  }
}
