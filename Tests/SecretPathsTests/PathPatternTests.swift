import SecretPaths
import Testing

@Suite("path patterns")
struct PathPatternTests {
  @Test(
    "a pattern matches the whole path, component by component",
    arguments: [
      ("/etc/shadow", "/etc/shadow", true),
      ("/etc/shadow", "/etc/shadow-", false),
      ("/etc/shadow", "/etc", false),
      ("/etc/shadow*", "/etc/shadow", true),
      ("/etc/shadow*", "/etc/shadow-", true),
      ("/etc/shadow*", "/etc/shadow/x", false),
      ("/etc/*", "/etc/.hidden", true),
      ("/etc/*", "/etc", false),
      ("/home/*/.ssh", "/home/a/.ssh", true),
      ("/home/*/.ssh", "/home/a/b/.ssh", false),
      ("/home/*/.ssh", "/home/.ssh", false),
      ("/a?c", "/abc", true),
      ("/a?c", "/a/c", false),
      ("/a[b-d]e", "/ace", true),
      ("/a[!b-d]e", "/ace", false),
      ("/a[^b-d]e", "/aze", true),
      ("/a[!b]c", "/a/c", false),
      ("/a[]x]c", "/a]c", true),
      ("/a[x-]c", "/a-c", true),
      ("/a[\\]]c", "/a]c", true),
      ("/a[[:digit:]x]c", "/a7c", true),
      ("/a[[:digit:]x]c", "/axc", true),
      ("/a[[:digit:]x]c", "/ayc", false),
      ("/a\\*c", "/a*c", true),
      ("/a\\*c", "/abc", false),
      ("/*a*b*c", "/xaybzc", true),
      ("/*a*b*c", "/xaybz", false),
      ("/", "/", true),
      ("/", "/etc", false),
      ("/*", "/", false),
      ("/**", "/", true),
      ("/**", "/etc/x/y", true),
      ("/a/**", "/a", true),
      ("/a/**", "/a/b/c", true),
      ("/a/**", "/ab", false),
      ("/a/**/z", "/a/z", true),
      ("/a/**/z", "/a/b/c/z", true),
      ("/a/**/z", "/az", false),
      ("/a/**/z", "/a/b/zz", false),
      ("/**/.git/**/config", "/srv/x/.git/modules/y/config", true),
      ("/**/a/b/**/c", "/a/a/b/b/c", true),
      ("/**/*.pem", "/etc/ssl/x.pem", true),
      ("/**/*.pem", "/x.pem", true),
      ("/**/**/a", "/a", true),
    ])
  func matching(pattern: String, path: String, expected: Bool) throws {
    #expect(try PathPattern(pattern).matches(Array(path.utf8)) == expected)
  }

  @Test(
    "a pattern covers what it matches and everything below",
    arguments: [
      ("/etc/ssl/private", "/etc/ssl/private", true),
      ("/etc/ssl/private", "/etc/ssl/private/a/b", true),
      ("/etc/ssl/private", "/etc/ssl/privateer", false),
      ("/etc/ssl/private", "/etc/ssl", false),
      ("/home/*/.ssh", "/home/a/.ssh/id", true),
      ("/home/*/.ssh", "/home/a/.sshx/id", false),
      ("/a*", "/abc/d", true),
      ("/**/secret", "/x/secret/y/z", true),
      ("/**/secret", "/x/secrets/y", false),
      ("/a/**/z", "/a/q/z/r", true),
      ("/", "/anything", true),
      ("/", "/", true),
    ])
  func covering(pattern: String, path: String, expected: Bool) throws {
    #expect(try PathPattern(pattern).covers(Array(path.utf8)) == expected)
  }

  @Test("bytes that are no UTF-8 match as bytes")
  func bytes() throws {
    let pattern = try PathPattern(Array("/a".utf8) + [0xFF] + Array("?".utf8))
    #expect(pattern.matches(Array("/a".utf8) + [0xFF, 0x80]))
    #expect(!pattern.matches(Array("/a".utf8) + [0xFE, 0x80]))
    #expect(try PathPattern("/[!a]").matches([0x2F, 0xC3]))
  }

  @Test(
    "the literal prefix is the directory before the first component with a wildcard",
    arguments: [
      ("/etc/shadow", "/etc/shadow"), ("/etc/shadow*", "/etc"), ("/home/*/.ssh", "/home"),
      ("/**/x", "/"), ("/*", "/"), ("/", "/"), ("/a/**", "/a"), ("/a\\*/[b]/c", "/a*"),
    ])
  func literalPrefix(pattern: String, prefix: String) throws {
    #expect(try PathPattern(pattern).literalPrefix == Array(prefix.utf8))
    #expect(try PathPattern(pattern).isLiteral == !pattern.contains { "*?[".contains($0) })
  }

  @Test(
    "a pattern that could only be a mistake is refused by name",
    arguments: [
      ("", PathPatternError.notAbsolute),
      ("etc/shadow", .notAbsolute),
      ("/" + String(repeating: "a", count: 4095), .tooLong),
      ("/a\0b", .nulByte(offset: 2)),
      ("/a\\\0b", .nulByte(offset: 3)),
      ("/a[\0]", .nulByte(offset: 3)),
      ("//a", .emptyComponent(offset: 1)),
      ("/a//b", .emptyComponent(offset: 3)),
      ("/a/", .trailingSlash),
      ("/a/**/", .trailingSlash),
      ("/a\\/", .trailingSlash),
      ("/./a", .dotComponent(offset: 1)),
      ("/a/..", .dotComponent(offset: 3)),
      ("/a/\\.\\.", .dotComponent(offset: 3)),
      ("/a/**b", .partialDoubleStar(offset: 3)),
      ("/a/[x]**", .partialDoubleStar(offset: 6)),
      ("/a/***", .partialDoubleStar(offset: 3)),
      ("/a\\", .trailingBackslash),
      ("/a[b", .unclosedBracket(offset: 2)),
      ("/a[]", .unclosedBracket(offset: 2)),
      ("/a[b\\", .unclosedBracket(offset: 2)),
      ("/a[b/c]", .slashInBracket(offset: 4)),
      ("/a[z-a]", .reversedRange(offset: 3)),
      ("/a[[:word:]]", .unknownClass(offset: 3)),
      ("/a[[.a.]]", .unknownClass(offset: 3)),
    ])
  func mistakes(pattern: String, error: PathPatternError) {
    #expect(throws: error) { try PathPattern(pattern) }
    #expect(!error.message.isEmpty && !error.hint.isEmpty)
    #expect(!error.message.contains("\n") && error.message.first?.isUppercase != true)
  }

  @Test("a pattern prints as written")
  func printing() throws {
    #expect(try PathPattern("/a\\*/[b-c]/**").description == "/a\\*/[b-c]/**")
  }
}
