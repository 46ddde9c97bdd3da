/// Values by key, for no more than a fixed number of keys, whatever comes.
///
/// When it is full, the half of the keys that count least make room, and what they counted is added up: frequent keys
/// stay, and their counts are exact as long as nothing is left out.
struct BoundedTable<Key: Hashable, Value> {
  private(set) var values: [Key: Value] = [:]
  /// How much was counted for keys that made room.
  private(set) var leftOut = 0
  private let capacity: Int
  private let weight: (Value) -> Int

  /// `weight` says how much a value counts.
  init(capacity: Int, weight: @escaping (Value) -> Int) {
    self.capacity = capacity
    self.weight = weight
  }

  /// Changes the value of a key, which begins as `initial`.
  mutating func update(_ key: Key, from initial: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
    if values.count >= capacity, values[key] == nil { makeRoom() }
    change(&values[key, default: initial()])
  }

  private mutating func makeRoom() {
    let middle = values.values.map(weight).sorted()[values.count / 2]
    var room = values.count / 2
    for (key, value) in values where weight(value) < middle {
      values[key] = nil
      leftOut += weight(value)
      room -= 1
    }
    for (key, value) in values where room > 0 && weight(value) == middle {
      values[key] = nil
      leftOut += weight(value)
      room -= 1
    }
  }

  /// What counts most, first; of equals, what `tie` puts first.
  func ranked(_ tie: (Key, Key) -> Bool) -> [(key: Key, value: Value)] {
    values.map { ($0.key, $0.value) }.sorted { one, other in
      let weights = (weight(one.1), weight(other.1))
      return weights.0 == weights.1 ? tie(one.0, other.0) : weights.0 > weights.1
    }
  }
}
