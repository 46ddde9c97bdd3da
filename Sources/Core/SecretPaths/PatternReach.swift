extension PathPattern {
  /// Whether the pattern could cover anything at or below the directory `tree`: whether some absolute path that is
  /// `tree` or lies below it is matched, or lies below a match. `tree` is absolute and normalised.
  ///
  /// Exact for paths as byte strings: false means that no such path can exist, true that one is a legal name. What
  /// the kernel adds, names up to 255 bytes and paths up to 4,095, is left out, so that true is said a little more
  /// often than it must be.
  public func couldMatch(below tree: [UInt8]) -> Bool {
    // Most pairs differ in a byte that both spell out.
    guard tree.count == 1 || zip(literalCodes, tree).allSatisfy({ $0 == GlobProgram.Code($1) }) else {
      return false
    }
    let components = program.components
    // Which components may come next, having walked down to a directory; `components.count` stands for a match.
    var next: Set<Int> = [0]
    for name in tree.split(separator: UInt8(ascii: "/")) {
      next = program.skippingDeep(next, components)
      if next.contains(components.count) { return true }
      var following: Set<Int> = []
      for index in next {
        switch components[index] {
        case .deep: following.insert(index)
        case .name(let range):
          if GlobProgram.match(program.codes, range, program.classes, Array(name), extent: .whole) {
            following.insert(index + 1)
          }
        }
      }
      next = following
    }
    // From here on the names can be chosen to fit.
    return next.contains { index in components[index...].allSatisfy(program.canBeSatisfied) }
  }
}

extension GlobProgram {
  /// A component of a path pattern.
  fileprivate enum Component {
    /// `**`: any number of components.
    case deep
    /// One component, with its codes behind the slash.
    case name(Range<Int>)
  }

  fileprivate var components: [Component] {
    var result: [Component] = []
    var index = 0
    while index < codes.count {
      if codes[index] == Self.anyComponents {
        result.append(.deep)
        index += 1
        continue
      }
      // Otherwise it is the slash before a name.
      let start = index + 1
      index = start
      while index < codes.count, codes[index] != Self.anyComponents, codes[index] != Code(UInt8(ascii: "/")) {
        index += 1
      }
      result.append(.name(start..<index))
    }
    return result
  }

  /// Adds what follows each `**` among `indices`, since it may stand for nothing.
  fileprivate func skippingDeep(_ indices: Set<Int>, _ components: [Component]) -> Set<Int> {
    var result = indices
    for var index in indices {
      while index < components.count, case .deep = components[index] {
        index += 1
        result.insert(index)
      }
    }
    return result
  }

  /// Whether a directory entry can have a name that this component matches. A class may have no byte left that a
  /// name can hold; and where only single bytes are asked for, they may spell nothing but `.` or `..`.
  fileprivate func canBeSatisfied(_ component: Component) -> Bool {
    guard case .name(let range) = component else { return true }
    let dot = UInt8(ascii: ".")
    var canDiffer = false
    for code in codes[range] {
      switch code {
      case Self.anyString, Self.anyByte: canDiffer = true
      case Self.firstClass...:
        let set = classes[Int(code - Self.firstClass)]
        guard (UInt8(1)...255).contains(where: set.contains) else { return false }
        if (UInt8(1)...255).contains(where: { $0 != dot && set.contains($0) }) { canDiffer = true }
      default: if code != Code(dot) { canDiffer = true }
      }
    }
    return canDiffer || range.count > 2
  }
}
