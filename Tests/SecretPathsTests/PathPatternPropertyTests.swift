import SecretPaths
import TestSupport
import Testing

/// The definition of matching, slow and plain: every way to split is tried.
private enum Reference {
  static func matches(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    if first == Array("**".utf8) {
      return (0...path.count).contains { matches(pattern.dropFirst(), path.dropFirst($0)) }
    }
    guard let name = path.first else { return false }
    return nameMatches(first[...], name[...]) && matches(pattern.dropFirst(), path.dropFirst())
  }

  static func nameMatches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    switch first {
    case UInt8(ascii: "*"):
      return (0...name.count).contains { nameMatches(pattern.dropFirst(), name.dropFirst($0)) }
    case UInt8(ascii: "?"):
      return !name.isEmpty && nameMatches(pattern.dropFirst(), name.dropFirst())
    default:
      return name.first == first && nameMatches(pattern.dropFirst(), name.dropFirst())
    }
  }
}

@Suite("path patterns, in general")
struct PathPatternPropertyTests {
  private static let slash = UInt8(ascii: "/")

  private static func text(_ components: [[UInt8]]) -> [UInt8] {
    components.isEmpty ? [slash] : components.flatMap { [slash] + $0 }
  }

  private static func components(
    _ alphabet: [String], _ count: ClosedRange<Int>, _ generator: inout SeededGenerator
  ) -> [[UInt8]] {
    (0..<Int.random(in: count, using: &generator)).map { _ in
      (0..<Int.random(in: 1...4, using: &generator)).flatMap { _ in
        Array((alphabet.randomElement(using: &generator) ?? "a").utf8)
      }
    }
  }

  @Test("matching and covering agree with the definition on random patterns and paths")
  func agreement() throws {
    var generator = SeededGenerator(seed: 1)
    var hits = 0
    for _ in 0..<60_000 {
      var pattern = Self.components(["a", "b", "*", "?"], 0...4, &generator)
      pattern = pattern.map { component in
        // Two stars in a row are refused; a component of stars only stands for `**`.
        let stars = component.filter { $0 == UInt8(ascii: "*") }.count
        if stars > 1, stars == component.count { return Array("**".utf8) }
        var last: UInt8 = 0
        return component.filter { byte in
          defer { last = byte }
          return byte != UInt8(ascii: "*") || last != byte
        }
      }
      let path = Self.components(["a", "b"], 0...5, &generator)
      let compiled = try PathPattern(Self.text(pattern))
      let expected = Reference.matches(pattern[...], path[...])
      let covered = (0...path.count).contains { Reference.matches(pattern[...], path.prefix($0)) }
      #expect(compiled.matches(Self.text(path)) == expected)
      #expect(compiled.covers(Self.text(path)) == covered)
      let entry = SecretPaths.Entry(pattern: compiled, reason: "", location: "")
      #expect((SecretPaths([entry]).denial(of: Self.text(path)) != nil) == covered)
      hits += covered ? 1 : 0
    }
    #expect(hits > 5_000)
  }

  @Test("random bytes never trap, as pattern, as name pattern or as path")
  func randomBytes() {
    var generator = SeededGenerator(seed: 2)
    let interesting = Array("/*?[]!^-\\.:ab[:digit:]".utf8) + [0, 0xFF]
    for _ in 0..<50_000 {
      var bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
        interesting.randomElement(using: &generator) ?? 0
      }
      _ = try? NamePattern(bytes).matches(bytes)
      _ = try? NamePattern.components(of: bytes)
      bytes.insert(Self.slash, at: 0)
      let path = bytes.shuffled(using: &generator)
      _ = try? PathPattern(bytes).covers(path)
      let normal = LexicalPath.normalized(path)
      #expect(LexicalPath.isNormalized(normal))
      #expect(LexicalPath.normalized(normal) == normal)
    }
  }

  @Test(
    "hostile patterns stay fast on paths of PATH_MAX bytes",
    arguments: [
      "/" + String(repeating: "*a", count: 100) + "b",
      String(repeating: "/**/a", count: 200) + "/b",
      String(repeating: "/**/*a*", count: 200) + "b",
      "/**" + String(repeating: "/*", count: 1500) + "/b",
      String(repeating: "/**/*a*a*a*a*a", count: 200) + "b",
    ])
  func hostile(pattern: String) throws {
    let pattern = try PathPattern(pattern)
    let paths = [
      [Self.slash] + Array(repeating: UInt8(ascii: "a"), count: 4095),
      Array("/a".utf8).repeated(2048),
      Array("/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".utf8).repeated(128),
    ]
    let duration = ContinuousClock().measure {
      for path in paths { #expect(!pattern.covers(path)) }
    }
    // Exponential backtracking would not end in a lifetime; a debug build of this takes well under a second.
    #expect(duration < .seconds(10))
  }

  @Test("unclosed brackets in a caller's glob stay fast")
  func hostileBrackets() throws {
    let duration = ContinuousClock().measure {
      #expect(throws: Never.self) { try NamePattern(Array(repeating: UInt8(ascii: "["), count: 100_000)) }
    }
    #expect(duration < .seconds(5))
  }
}

extension Array {
  fileprivate func repeated(_ count: Int) -> [Element] {
    (0..<count).flatMap { _ in self }
  }
}
