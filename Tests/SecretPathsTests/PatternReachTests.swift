import SecretPaths
import TestSupport
import Testing

@Suite("What a pattern could cover below a directory")
struct PatternReachTests {
  @Test(
    "it can, at, in or above the directory",
    arguments: [
      ("/usr", "/usr/share"), ("/", "/usr"), ("/usr/share", "/usr/share"), ("/usr/share/a", "/usr/share"),
      ("/usr/share/a/b/c", "/usr/share"), ("/*", "/usr/share"), ("/*/*/x", "/usr/share"), ("/**", "/usr"),
      ("/**/x", "/usr/share"), ("/**/id_rsa", "/usr"), ("/a/**/b", "/a"), ("/a/**/b", "/a/c/d"),
      ("/u?r/[r-t]hare", "/usr/share"), ("/usr/s*", "/usr/share/doc"), ("/usr/**/share/**/x", "/usr/lib"),
      ("/usr/.[.]*", "/usr"), ("/usr/[.][.][.]", "/usr"), ("/usr/?", "/usr"), ("/usr/[^a]", "/usr"),
      ("/usr/\\*/x", "/usr/*"), ("/a/\u{e9}?", "/a"),
    ])
  func possible(pattern: String, tree: String) throws {
    #expect(try PathPattern(pattern).couldMatch(below: Array(tree.utf8)))
  }

  @Test(
    "it cannot",
    arguments: [
      ("/usr/lib/credstore", "/usr/share"), ("/usr/lib/credstore", "/usr/lib/systemd"), ("/etc/**", "/usr"),
      ("/usr/share", "/usr/shared"), ("/usr/shared", "/usr/share"), ("/home/**/x", "/usr/home"),
      ("/usr/[!s]*", "/usr/share"), ("/usr/?", "/usr/share"), ("/*/lib/x", "/usr/share"),
      ("/usr/\\*/x", "/usr/bin"),
      // No directory entry is called `.` or `..`.
      ("/usr/[.]", "/usr"), ("/usr/[.].", "/usr"), ("/usr/**/[.]/x", "/usr"),
    ])
  func impossible(pattern: String, tree: String) throws {
    #expect(try !PathPattern(pattern).couldMatch(below: Array(tree.utf8)))
  }

  @Test("it cannot where a class leaves no byte but NUL, which no name holds")
  func emptyClass() throws {
    let pattern = try PathPattern(Array("/usr/x[!".utf8) + [1] + Array("-".utf8) + [0xFF] + Array("]".utf8))
    #expect(!pattern.couldMatch(below: Array("/usr".utf8)))
  }

  private static let names = ["a", "b", "aa", "ab", "ba", "bb"]

  /// All paths that are `tree` or up to three names below it.
  private static func paths(below tree: String) -> [[UInt8]] {
    var last = [tree]
    var all = last
    for _ in 0..<3 {
      last = last.flatMap { path in names.map { path + "/" + $0 } }
      all += last
    }
    return all.map { Array($0.utf8) }
  }

  @Test("exactly when trying every short path finds one")
  func exact() throws {
    var generator = SeededGenerator(seed: 3)
    let parts = ["a", "b", "*", "?", "[ab]", "[!a]", "[^b]"]
    let trees = Self.names.map { "/" + $0 } + ["/a/b", "/ab/a", "/b/bb", "/a/a/b"]
    let paths = Dictionary(uniqueKeysWithValues: trees.map { ($0, Self.paths(below: $0)) })
    var counts = [false: 0, true: 0]
    for _ in 0..<3_000 {
      // As many names as the paths have below the tree, each as long as theirs: then every path that counts is tried.
      let pattern = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        if Int.random(in: 0..<5, using: &generator) == 0 { return "/**" }
        var name = ""
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
          let part = parts.randomElement(using: &generator) ?? "a"
          if !(part == "*" && name.hasSuffix("*")) { name += part }
        }
        return "/" + name
      }.joined()
      let tree = trees.randomElement(using: &generator) ?? "/a"
      let compiled = try PathPattern(pattern)
      let found = paths[tree, default: []].contains { compiled.covers($0) }
      #expect(compiled.couldMatch(below: Array(tree.utf8)) == found, "\(pattern) below \(tree)")
      counts[found, default: 0] += 1
    }
    #expect(counts.values.allSatisfy { $0 > 500 })
  }

  @Test("always when a random path below it is covered")
  func sound() throws {
    var generator = SeededGenerator(seed: 4)
    let parts = ["a", "b", ".", "*", "?", "[a-b]", "[!a.]", "[[:alpha:]]", "\\*", "x"]
    var hits = 0
    for _ in 0..<40_000 {
      let text = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        if Int.random(in: 0..<4, using: &generator) == 0 { return "/**" }
        return "/"
          + (0..<Int.random(in: 1...4, using: &generator))
          .map { _ in parts.randomElement(using: &generator) ?? "a" }.joined()
      }.joined()
      guard let pattern = try? PathPattern(text) else { continue }
      let names = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        (0..<Int.random(in: 1...3, using: &generator))
          .map { _ in ["a", "b", "x", "*", "."].randomElement(using: &generator) ?? "a" }.joined()
      }.filter { $0 != "." && $0 != ".." }
      let path = Array(names.map { "/" + $0 }.joined().utf8)
      guard !path.isEmpty, pattern.covers(path) else { continue }
      hits += 1
      for count in 1...names.count {
        let tree = Array(names.prefix(count).map { "/" + $0 }.joined().utf8)
        #expect(pattern.couldMatch(below: tree), "\(text) at \(String(decoding: path, as: UTF8.self))")
      }
    }
    #expect(hits > 2_000)
  }

  @Test("quickly, whatever the pattern")
  func hostile() throws {
    let pattern = try PathPattern(String(repeating: "/**/*a*", count: 500) + "/b")
    let tree = Array(String(repeating: "/aaaa", count: 50).utf8)
    let duration = ContinuousClock().measure { #expect(pattern.couldMatch(below: tree)) }
    #expect(duration < .seconds(5))
  }
}
