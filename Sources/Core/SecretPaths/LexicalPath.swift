/// Path names as bytes, without a look at the file system. Symbolic links are not resolved, so the
/// result of `..` is what the text says, not what open(2) would reach (path_resolution(7)).
public enum LexicalPath {
  /// An absolute path without `.`, `..`, empty components and trailing slash; `/` for the root. `..`
  /// at the root stays there. A path without a leading slash is taken from the root.
  public static func normalized(_ path: [UInt8]) -> [UInt8] {
    if isNormalized(path) { return path }
    let slash = UInt8(ascii: "/")
    let dot = UInt8(ascii: ".")
    var result: [UInt8] = []
    result.reserveCapacity(path.count + 1)
    for component in path.split(separator: slash) {
      if component.elementsEqual([dot]) { continue }
      if component.elementsEqual([dot, dot]) {
        if let last = result.lastIndex(of: slash) { result.removeSubrange(last...) }
        continue
      }
      result.append(slash)
      result.append(contentsOf: component)
    }
    return result.isEmpty ? [slash] : result
  }

  /// `name` as seen from the directory `base`, normalised; an absolute `name` stands alone.
  public static func resolved(_ name: [UInt8], from base: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    return normalized(name.first == slash ? name : base + [slash] + name)
  }

  /// Whether a normalised path is `directory` or lies below it, name by name.
  public static func isBelow(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
    let slash = UInt8(ascii: "/")
    if directory == [slash] { return path.first == slash }
    return path.starts(with: directory) && (path.count == directory.count || path[directory.count] == slash)
  }

  public static func isNormalized(_ path: [UInt8]) -> Bool {
    let slash = UInt8(ascii: "/")
    guard path.first == slash else { return false }
    if path.count == 1 { return true }
    // Length of the component so far, and whether it is all dots.
    var length = 0
    var onlyDots = true
    for index in 1..<path.count {
      if path[index] == slash {
        if onlyDots, length <= 2 { return false }
        length = 0
        onlyDots = true
      } else {
        length += 1
        if path[index] != UInt8(ascii: ".") { onlyDots = false }
      }
    }
    return !(onlyDots && length <= 2)
  }
}
