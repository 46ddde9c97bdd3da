/// The lines that two texts do not share, as diff(1) -U0 shows them.
struct TextDifference: CustomStringConvertible {
  private let removed: Int
  private let added: Int
  private let shown: [String]

  /// Lines shown at most, and lines of a text up to which the shortest difference is looked for.
  private static let mostShown = 200
  private static let mostCompared = 20_000

  init(from old: [UInt8], to new: [UInt8]) {
    let (old, new) = (Self.lines(old), Self.lines(new))
    guard old.count + new.count <= Self.mostCompared else {
      removed = old.count
      added = new.count
      shown = ["(too many lines to compare)"]
      return
    }
    // Equal lines at both ends are most of a file, and comparing takes time with the square of the rest.
    let head = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old[head...].reversed(), new[head...].reversed()).prefix { $0 == $1 }.count
    let difference = Array(new[head..<(new.count - tail)]).difference(
      from: Array(old[head..<(old.count - tail)]))
    removed = difference.removals.count
    added = difference.insertions.count
    var lines: [(line: Int, order: Int, text: String)] = []
    for change in difference {
      switch change {
      case .remove(let offset, let text, _):
        lines.append((offset + head + 1, 0, "-\(offset + head + 1): \(text)"))
      case .insert(let offset, let text, _):
        lines.append((offset + head + 1, 1, "+\(offset + head + 1): \(text)"))
      }
    }
    shown = lines.sorted { ($0.line, $0.order) < ($1.line, $1.order) }.map(\.text)
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  var description: String {
    let more = shown.count - Self.mostShown
    return shown.prefix(Self.mostShown).map { "  \($0)\n" }.joined()
      + (more > 0 ? "  … and \(more) more lines\n" : "")
      + "\(counted(added, "line")) added, \(removed) removed\n"
  }
}
