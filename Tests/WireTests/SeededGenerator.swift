/// SplitMix64: a failure names its seed, and the seed gives the same input again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

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
