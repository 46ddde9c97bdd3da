import SecretPaths
import Testing

@Suite("name patterns")
struct NamePatternTests {
  @Test(
    "a caller's glob matches one name",
    arguments: [
      ("*.log", "a.log", true), ("*.log", ".log", false), (".*", ".log", true), ("?x", ".x", false),
      ("[.]x", ".x", false), ("*", "x", true), ("**", "xy", true), ("a[b", "a[b", true), ("[", "[", true),
      ("[z-a]", "m", false), ("\\*", "*", true), ("\\*", "x", false), ("a\\", "a\\", true),
      ("[[:alpha:]]1", "q1", true), ("[!a]", "b", true), ("x[a", "xa", false),
    ])
  func matching(pattern: String, name: String, expected: Bool) throws {
    #expect(try NamePattern(Array(pattern.utf8)).matches(Array(name.utf8)) == expected)
  }

  @Test("a path glob splits at its slashes")
  func splitting() throws {
    let parts = try NamePattern.components(of: Array("/var//log/\\*[a]/x\\?".utf8))
    #expect(parts.count == 4)
    #expect(parts[0].literal == Array("var".utf8))
    #expect(parts[2].literal == nil)
    #expect(parts[2].matches(Array("*a".utf8)))
    #expect(parts[3].literal == Array("x?".utf8))
  }

  @Test("NUL, slashes and empty text are no name pattern")
  func refusals() {
    #expect(throws: PathPatternError.nulByte(offset: 1)) { try NamePattern([0x61, 0]) }
    #expect(throws: PathPatternError.emptyComponent(offset: 1)) { try NamePattern(Array("a/b".utf8)) }
    #expect(throws: PathPatternError.emptyComponent(offset: 0)) { try NamePattern([]) }
  }
}

@Suite("lexical paths")
struct LexicalPathTests {
  @Test(
    "normalising drops what a path does not need",
    arguments: [
      ("/", "/"), ("", "/"), ("//", "/"), ("/.", "/"), ("/..", "/"), ("/../..", "/"), ("/a/", "/a"),
      ("/a/../b", "/b"), ("/a/b/../..", "/"), ("/a/.../b", "/a/.../b"), ("/a/..b/.c", "/a/..b/.c"),
      ("/a//b/./c", "/a/b/c"), ("a/b", "/a/b"),
    ])
  func normalising(path: String, expected: String) {
    #expect(LexicalPath.normalized(Array(path.utf8)) == Array(expected.utf8))
  }

  @Test("a relative name is resolved from its directory, an absolute one stands alone")
  func resolving() {
    #expect(LexicalPath.resolved(Array("../x".utf8), from: Array("/a/b".utf8)) == Array("/a/x".utf8))
    #expect(LexicalPath.resolved(Array("x".utf8), from: Array("/".utf8)) == Array("/x".utf8))
    #expect(LexicalPath.resolved(Array("/x/.".utf8), from: Array("/a".utf8)) == Array("/x".utf8))
  }
}
