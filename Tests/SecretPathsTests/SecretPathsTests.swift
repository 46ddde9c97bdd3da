import SecretPaths
import TestSupport
import Testing

@Suite("secret denylist")
struct SecretPathsTests {
  private func list(_ patterns: [String]) throws -> SecretPaths {
    SecretPaths(
      try patterns.enumerated().map { index, pattern in
        SecretPaths.Entry(
          pattern: try PathPattern(pattern), reason: "r\(index)", location: "s:\(index + 1):1")
      })
  }

  /// About 300 patterns, as a large policy has them.
  private func large() throws -> SecretPaths {
    try list(
      (0..<100).map { "/etc/service\($0)/private/*.key" }
        + (0..<100).map { "/home/*/.tool\($0)" }
        + (0..<90).map { "/var/lib/app\($0)" }
        + (0..<10).map { "/**/.secret\($0)" })
  }

  @Test("the first entry in policy order is named, whatever its prefix")
  func order() throws {
    let secrets = try list(["/**/key", "/etc/ssl", "/etc/ssl/key", "/etc/*"])
    #expect(secrets.denial(of: "/etc/ssl/key")?.reason == "r0")
    #expect(secrets.denial(of: "/etc/ssl/other")?.reason == "r1")
    #expect(secrets.denial(of: "/etc/ssl/other")?.location == "s:2:1")
    #expect(secrets.denial(of: "/etc/x")?.reason == "r3")
    #expect(secrets.denial(of: "/etc") == nil)
    #expect(secrets.denial(of: "/var/ssl") == nil)
    #expect(secrets.denial(of: "/") == nil)
  }

  @Test("an entry for the root denies everything")
  func root() throws {
    let secrets = try list(["/"])
    #expect(secrets.denial(of: "/") != nil)
    #expect(secrets.denial(of: "/a/b") != nil)
  }

  @Test(
    "a path that is not normalised is judged as what it names",
    arguments: [
      "//etc/shadow", "/etc//shadow", "/etc/./shadow", "/tmp/../etc/shadow", "/etc/shadow/", "/etc/shadow/.",
      "/etc/shadow/x/..", "/../etc/shadow", "etc/shadow",
    ])
  func unnormalised(path: String) throws {
    #expect(try list(["/etc/shadow"]).denial(of: path) != nil)
  }

  @Test("an empty list denies nothing")
  func empty() throws {
    #expect(try list([]).denial(of: "/etc/shadow") == nil)
  }

  @Test("lists are equal when their entries are")
  func equality() throws {
    #expect(try list(["/a", "/b"]) == list(["/a", "/b"]))
    #expect(try list(["/a", "/b"]) != list(["/b", "/a"]))
  }

  @Test("the index finds what a walk over all entries finds")
  func index() throws {
    let secrets = try large()
    var generator = SeededGenerator(seed: 3)
    let parts = [
      "etc", "home", "var", "lib", "private", "a.key", "u", ".tool7", ".secret3", "service42", "app89", "x",
    ]
    for _ in 0..<5_000 {
      let path = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        "/" + (parts.randomElement(using: &generator) ?? "x")
      }.joined()
      let expected = secrets.entries.first { $0.pattern.covers(Array(path.utf8)) }
      #expect(secrets.denial(of: path) == expected)
    }
    #expect(secrets.denial(of: "/etc/service42/private/a.key")?.reason == "r42")
    #expect(secrets.denial(of: "/home/u/.tool7/config")?.reason == "r107")
    #expect(secrets.denial(of: "/var/lib/app89/db")?.reason == "r289")
    #expect(secrets.denial(of: "/srv/.secret3")?.reason == "r293")
  }

  @Test("each pattern of a list keeps its own classes")
  func classes() throws {
    let secrets = try list(["/a/[x]", "/a/[0-9][!y]", "/[b]/[z]"])
    #expect(secrets.denial(of: "/a/x")?.reason == "r0")
    #expect(secrets.denial(of: "/a/1z")?.reason == "r1")
    #expect(secrets.denial(of: "/a/1y") == nil)
    #expect(secrets.denial(of: "/b/z")?.reason == "r2")
    #expect(secrets.denial(of: "/b/x") == nil)
  }

  @Test("300 patterns are built and asked within the budget of a call")
  func speed() throws {
    let clock = ContinuousClock()
    var secrets = try large()
    let build = try clock.measure {
      for _ in 0..<20 { secrets = try large() }
    }
    let path = Array("/var/log/journal/0123456789abcdef/system.journal".utf8)
    let ask = clock.measure {
      for _ in 0..<2_000 { #expect(secrets.denial(of: path) == nil) }
    }
    // Debug builds on a loaded machine: two orders of magnitude above the figures of a release build.
    #expect(build / 20 < .milliseconds(100))
    #expect(ask / 2_000 < .microseconds(300))
  }

  @Test("a directory is clear only if nothing at or below it can be denied")
  func clearDirectories() throws {
    var generator = SeededGenerator(seed: 11)
    let names = ["a", "b", "c"]
    func path(_ most: Int, _ choices: [String], _ generator: inout SeededGenerator) -> String {
      "/"
        + (0...Int.random(in: 0..<most, using: &generator)).map { _ in
          choices.randomElement(using: &generator) ?? "a"
        }
        .joined(separator: "/")
    }
    var clear = 0
    for _ in 0..<6000 {
      let patterns = (0..<3).map { _ in path(3, names + ["*", "**", "[ab]", "a*"], &generator) }
      let secrets = SecretPaths(
        try patterns.map { SecretPaths.Entry(pattern: try PathPattern($0), reason: "", location: "") })
      let directory = Array(path(3, names, &generator).utf8)
      guard secrets.isClear(below: directory) else { continue }
      clear += 1
      #expect(!secrets.entries.contains { $0.pattern.couldMatch(below: directory) }, "\(patterns)")
    }
    #expect(clear > 100)
  }
}
