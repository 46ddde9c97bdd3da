internal import AuditReading

/// The next line of each of several logs, the one of the earliest time first: a binary heap.
struct MergeQueue {
  private struct Head {
    let time: Int64
    let index: Int
    let line: AuditLine

    func isBefore(_ other: Head) -> Bool { (time, index) < (other.time, other.index) }
  }

  private var heap: [Head] = []
  /// The time of what each log gave last, for its lines that have none.
  private var times: [Int: Int64] = [:]

  mutating func add(_ line: AuditLine, from index: Int) {
    var time = times[index] ?? .min
    if case .entry(let entry) = line.content {
      time = entry.time
      times[index] = time
    }
    heap.append(Head(time: time, index: index, line: line))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func takeFirst() -> (line: AuditLine, index: Int)? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else { return (last.line, last.index) }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == parent { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return (first.line, first.index)
  }
}
