/// Turns the text of glob components into codes.
struct GlobCompiler {
  enum Mistakes {
    /// An ill-formed class is an error: a policy must not mean something else than it says.
    case refused
    /// As in shells: an unclosed `[` is literal text, a class of nothing matches nothing, `**` is `*`.
    case tolerated
  }

  let source: [UInt8]
  let mistakes: Mistakes
  var program = GlobProgram()
  private var bracketsAreLiteral = false

  init(_ source: [UInt8], mistakes: Mistakes) {
    self.source = source
    self.mistakes = mistakes
    program.codes.reserveCapacity(source.count)
  }

  mutating func append(_ byte: UInt8) {
    program.codes.append(GlobProgram.Code(byte))
  }

  /// Compiles text up to the next unescaped `/` or the end, and returns where it stopped.
  mutating func compileName(from start: Int) throws(PathPatternError) -> Int {
    var index = start
    while index < source.count {
      let byte = source[index]
      switch byte {
      case UInt8(ascii: "/"):
        return index
      case UInt8(ascii: "*"):
        if program.codes.last != GlobProgram.anyString {
          program.codes.append(GlobProgram.anyString)
        } else if mistakes == .refused {
          throw .partialDoubleStar(offset: index - 1)
        }
        index += 1
      case UInt8(ascii: "?"):
        program.codes.append(GlobProgram.anyByte)
        index += 1
      case UInt8(ascii: "["):
        index = try compileBracket(at: index)
      case UInt8(ascii: "\\"):
        index += 1
        if index == source.count {
          guard mistakes == .tolerated else { throw .trailingBackslash }
          append(byte)
        } else if source[index] != UInt8(ascii: "/") {
          guard source[index] != 0 else { throw .nulByte(offset: index) }
          append(source[index])
          index += 1
        }
      case 0:
        throw .nulByte(offset: index)
      default:
        append(byte)
        index += 1
      }
    }
    return index
  }

  private mutating func compileBracket(at start: Int) throws(PathPatternError) -> Int {
    if bracketsAreLiteral {
      append(UInt8(ascii: "["))
      return start + 1
    }
    do throws(PathPatternError) {
      let (set, end) = try parseBracket(at: start)
      program.codes.append(GlobProgram.firstClass + GlobProgram.Code(program.classes.count))
      program.classes.append(set)
      return end
    } catch {
      guard mistakes == .tolerated else { throw error }
      // None closes this one, so none closes a later one; not looking again keeps "[[[[…" linear.
      bracketsAreLiteral = true
      append(UInt8(ascii: "["))
      return start + 1
    }
  }

  /// The class that begins with the `[` at `start`, and the index after its `]`.
  private func parseBracket(at start: Int) throws(PathPatternError) -> (ByteSet, Int) {
    var index = start + 1
    var set = ByteSet()
    var isNegated = false
    if index < source.count, source[index] == UInt8(ascii: "!") || source[index] == UInt8(ascii: "^") {
      isNegated = true
      index += 1
    }
    let first = index
    while index < source.count, index == first || source[index] != UInt8(ascii: "]") {
      if let (name, end) = className(at: index) {
        if !set.insert(classNamed: name), mistakes == .refused { throw .unknownClass(offset: index) }
        index = end
        continue
      }
      let lowOffset = index
      let (low, afterLow) = try bracketByte(at: index, opening: start)
      index = afterLow
      guard index + 1 < source.count, source[index] == UInt8(ascii: "-"),
        source[index + 1] != UInt8(ascii: "]")
      else {
        set.insert(low)
        continue
      }
      let (high, afterHigh) = try bracketByte(at: index + 1, opening: start)
      if low <= high {
        set.insert(low...high)
      } else if mistakes == .refused {
        throw .reversedRange(offset: lowOffset)
      }
      index = afterHigh
    }
    guard index < source.count else { throw .unclosedBracket(offset: start) }
    if isNegated { set.invert() }
    set.remove(UInt8(ascii: "/"))
    return (set, index + 1)
  }

  /// One byte of a class, after its backslash if it has one, and the index behind it.
  private func bracketByte(at index: Int, opening: Int) throws(PathPatternError) -> (UInt8, Int) {
    var index = index
    if source[index] == UInt8(ascii: "\\") { index += 1 }
    guard index < source.count else { throw .unclosedBracket(offset: opening) }
    switch source[index] {
    case UInt8(ascii: "/"): throw .slashInBracket(offset: index)
    case 0: throw .nulByte(offset: index)
    default: return (source[index], index + 1)
    }
  }

  /// The name in `[:name:]` at `index`, and the index behind it; also the refused `[.x.]` and `[=x=]`.
  private func className(at index: Int) -> (ArraySlice<UInt8>, Int)? {
    guard index + 1 < source.count, source[index] == UInt8(ascii: "[") else { return nil }
    let mark = source[index + 1]
    guard mark == UInt8(ascii: ":") || mark == UInt8(ascii: ".") || mark == UInt8(ascii: "=") else {
      return nil
    }
    // The longest name is "xdigit"; the bound keeps "[[:[:[:…" linear.
    var end = index + 2
    while end + 1 < source.count, end < index + 10 {
      if source[end] == mark, source[end + 1] == UInt8(ascii: "]") {
        let name = mark == UInt8(ascii: ":") ? source[index + 2..<end] : []
        return (name, end + 2)
      }
      end += 1
    }
    return nil
  }
}
