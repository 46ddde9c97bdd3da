import TestSupport

/// Values of the kinds that messages have.
extension SeededGenerator {
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func bytes(upTo limit: Int) -> [UInt8] {
    (0..<below(limit + 1)).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }

  mutating func text() -> String {
    let characters: [Character] = ["a", "\"", "\n", "\0", "é", "…", "👩‍🔬", " ", "\u{301}"]
    return String((0..<below(20)).map { _ in characters[below(characters.count)] })
  }

  mutating func list<Element>(upTo limit: Int, _ make: (inout Self) -> Element) -> [Element] {
    (0..<below(limit + 1)).map { _ in make(&self) }
  }

  mutating func flag() -> Bool { Bool.random(using: &self) }
}
