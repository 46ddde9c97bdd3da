/// A glob compiled to one flat array of codes, and the walk over it.
///
/// A code below 256 is that byte; `/` separates components. The walk keeps one resumption point for
/// the last `*` and one for the last `**`, so its time is at most pattern length times path length.
struct GlobProgram: Hashable, Sendable {
  typealias Code = UInt16

  static let anyByte: Code = 256
  static let anyString: Code = 257
  /// Any number of components, each with its leading `/`; also none.
  static let anyComponents: Code = 258
  /// `firstClass + n` is `classes[n]`.
  static let firstClass: Code = 512

  var codes: [Code] = []
  var classes: [ByteSet] = []

  enum Extent {
    /// The whole path has to match.
    case whole
    /// The path, or a directory above it, has to match.
    case wholeOrAncestor
  }

  func matches(_ path: [UInt8], extent: Extent) -> Bool {
    let slash = UInt8(ascii: "/")
    let end = path.count
    let count = codes.count
    var position = 0
    var next = 0
    var starNext = -1
    var starPosition = 0
    var deepNext = -1
    var deepPosition = 0

    while true {
      if next < count {
        let code = codes[next]
        switch code {
        case Self.anyString:
          next += 1
          starNext = next
          starPosition = position
          continue
        case Self.anyComponents:
          if position == end || path[position] == slash {
            next += 1
            deepNext = next
            deepPosition = position
            starNext = -1
            continue
          }
        case Code(slash):
          if position < end, path[position] == slash {
            next += 1
            position += 1
            starNext = -1
            continue
          }
        default:
          if position < end, accepts(code, path[position]) {
            next += 1
            position += 1
            continue
          }
        }
      } else if position == end || (extent == .wholeOrAncestor && path[position] == slash) {
        return true
      }

      if starNext >= 0 {
        if starPosition < end, path[starPosition] != slash {
          starPosition += 1
          position = starPosition
          next = starNext
          continue
        }
        starNext = -1
      }
      guard deepNext >= 0, deepPosition < end else { return false }
      deepPosition += 1
      while deepPosition < end, path[deepPosition] != slash { deepPosition += 1 }
      position = deepPosition
      next = deepNext
    }
  }

  private func accepts(_ code: Code, _ byte: UInt8) -> Bool {
    if code < Self.anyByte { return code == Code(byte) }
    if code == Self.anyByte { return byte != UInt8(ascii: "/") }
    return classes[Int(code - Self.firstClass)].contains(byte)
  }
}
