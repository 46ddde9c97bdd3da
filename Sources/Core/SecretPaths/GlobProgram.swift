/// A glob compiled to one flat array of codes, and the walk over it.
///
/// A code below 256 is that byte; `/` separates components. The walk keeps one resumption point for
/// the last `*` and one for the last `**`, so its time is at most pattern length times path length.
struct GlobProgram: Hashable, Sendable {
  typealias Code = UInt32

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
    Self.match(codes, codes.indices, classes, path, extent: extent)
  }

  /// Walks `codes[range]` over the path. Many programs can stand in one array, without a reference
  /// of their own to count.
  static func match(
    _ codes: [Code], _ range: Range<Int>, _ classes: [ByteSet], _ path: [UInt8], extent: Extent
  ) -> Bool {
    let slash = UInt8(ascii: "/")
    let end = path.count
    let count = range.upperBound
    var position = 0
    var next = range.lowerBound
    var starNext = -1
    var starPosition = 0
    var deepNext = -1
    var deepPosition = 0

    while true {
      if next < count {
        let code = codes[next]
        switch code {
        case anyString:
          next += 1
          starNext = next
          starPosition = position
          continue
        case anyComponents:
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
          if position < end, accepts(code, path[position], classes) {
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

  private static func accepts(_ code: Code, _ byte: UInt8, _ classes: [ByteSet]) -> Bool {
    if code < anyByte { return code == Code(byte) }
    if code == anyByte { return byte != UInt8(ascii: "/") }
    return classes[Int(code - firstClass)].contains(byte)
  }
}
