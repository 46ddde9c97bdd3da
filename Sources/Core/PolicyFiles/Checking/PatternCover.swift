internal import SecretPaths

/// Finds patterns whose every match another pattern covers, told from their texts alone.
///
/// The texts are walked name by name. A name with a class or a backslash is contained only in the same text and in
/// `*`. So what is found is proven; what is not found may still be covered.
struct PatternCover {
  /// Names of patterns that begin alike share a node.
  private struct Node {
    var literal: [String: Int] = [:]
    var wild: [(name: [UInt8], node: Int)] = []
    /// Where `**` leads.
    var deep: Int?
    /// Whether this node was reached by `**`, which may take further names.
    var isDeep = false
    /// The patterns that end here, by their place in the list.
    var ends: [Int] = []
  }

  private var nodes = [Node()]

  init(_ patterns: [PathPattern]) {
    for (index, pattern) in patterns.enumerated() {
      var node = 0
      for name in Self.names(of: pattern) { node = child(of: node, name) }
      nodes[node].ends.append(index)
    }
  }

  /// The first of the patterns that covers all that `pattern` matches, leaving out the one at `index`.
  func first(covering pattern: PathPattern, otherThan index: Int? = nil) -> Int? {
    var best: Int?
    search(Self.names(of: pattern)[...], 0) { found in
      if found != index, found < best ?? .max { best = found }
    }
    return best
  }

  /// Whether the pattern at `index` covers all that `pattern` matches.
  func covers(_ pattern: PathPattern, by index: Int) -> Bool {
    var isFound = false
    search(Self.names(of: pattern)[...], 0) { if $0 == index { isFound = true } }
    return isFound
  }

  private static func names(of pattern: PathPattern) -> [[UInt8]] {
    pattern.bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
  }

  private static let deepName = Array("**".utf8)

  private static func isWild(_ name: [UInt8]) -> Bool { name.contains { "*?[\\".utf8.contains($0) } }

  private mutating func child(of node: Int, _ name: [UInt8]) -> Int {
    let next = nodes.count
    if name == Self.deepName {
      if let known = nodes[node].deep { return known }
      nodes[node].deep = next
      nodes.append(Node(isDeep: true))
      return next
    }
    if Self.isWild(name) {
      if let known = nodes[node].wild.first(where: { $0.name == name }) { return known.node }
      nodes[node].wild.append((name, next))
    } else {
      let text = String(decoding: name, as: UTF8.self)
      if let known = nodes[node].literal[text] { return known }
      nodes[node].literal[text] = next
    }
    nodes.append(Node())
    return next
  }

  private func search(_ names: ArraySlice<[UInt8]>, _ index: Int, _ found: (Int) -> Void) {
    let node = nodes[index]
    // A pattern covers what it matches and all below: names may be left over.
    for end in node.ends { found(end) }
    if let deep = node.deep { search(names, deep, found) }
    guard let name = names.first else { return }
    let rest = names.dropFirst()
    if node.isDeep { search(rest, index, found) }
    if name == Self.deepName { return }
    if let next = node.literal[String(decoding: name, as: UTF8.self)] { search(rest, next, found) }
    for (wild, next) in node.wild where Self.contains(wild[...], name[...]) { search(rest, next, found) }
  }

  /// Whether every name that `inner` matches is matched by `outer`.
  private static func contains(_ outer: ArraySlice<UInt8>, _ inner: ArraySlice<UInt8>) -> Bool {
    // Most pairs differ in their first byte.
    if let first = outer.first, !"*?[\\".utf8.contains(first), first != inner.first { return false }
    if outer.elementsEqual(inner) || outer.elementsEqual([UInt8(ascii: "*")]) { return true }
    return !outer.contains(where: isOpaque) && !inner.contains(where: isOpaque) && covers(outer, inner)
  }

  /// The same for names without classes and backslashes.
  private static func covers(_ outer: ArraySlice<UInt8>, _ inner: ArraySlice<UInt8>) -> Bool {
    guard let token = outer.first else { return inner.isEmpty }
    switch token {
    case UInt8(ascii: "*"):
      return covers(outer.dropFirst(), inner) || !inner.isEmpty && covers(outer, inner.dropFirst())
    case UInt8(ascii: "?"):
      guard let first = inner.first, first != UInt8(ascii: "*") else { return false }
      return covers(outer.dropFirst(), inner.dropFirst())
    default: return inner.first == token && covers(outer.dropFirst(), inner.dropFirst())
    }
  }

  private static func isOpaque(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\\")
  }
}
