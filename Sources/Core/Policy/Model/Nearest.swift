/// The candidates that are likely meant by `text`, nearest first: at most a third of the letters differ.
///
/// The distance counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
package func nearest(to text: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
  let bytes = Array(text.utf8.prefix(64))
  let bound = max(1, bytes.count / 3)
  var found: [(distance: Int, name: String)] = []
  for candidate in candidates {
    let length = candidate.utf8.count
    guard abs(length - bytes.count) <= bound, length <= 64 else { continue }
    let other = Array(candidate.utf8)
    let distance = editDistance(bytes, other)
    if distance <= bound, distance < max(bytes.count, other.count) { found.append((distance, candidate)) }
  }
  return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
}

private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
  var beforePrevious: [Int] = []
  var previous = Array(0...right.count)
  for row in 1...left.count {
    var current = [row]
    current.reserveCapacity(right.count + 1)
    for column in 1...right.count {
      let isSame = left[row - 1] == right[column - 1]
      var best = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (isSame ? 0 : 1))
      if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
        best = min(best, beforePrevious[column - 2] + 1)
      }
      current.append(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.count]
}
