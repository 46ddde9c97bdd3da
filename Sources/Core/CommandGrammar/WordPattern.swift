extension Word {
  /// The word as a glob(7) pattern: `* ? […]` where they were unquoted, a backslash before every
  /// literal `*`, `?`, `[`, `]` and backslash.
  public var pattern: [UInt8] {
    var pattern: [UInt8] = []
    for segment in segments {
      switch segment {
      case .literal(let literal):
        for byte in literal.utf8 {
          switch byte {
          case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"):
            pattern.append(UInt8(ascii: "\\"))
          default: break
          }
          pattern.append(byte)
        }
      case .anyString: pattern.append(UInt8(ascii: "*"))
      case .anyCharacter: pattern.append(UInt8(ascii: "?"))
      case .bracket(let bracket):
        pattern.append(UInt8(ascii: "["))
        pattern.append(contentsOf: bracket.utf8)
        pattern.append(UInt8(ascii: "]"))
      }
    }
    return pattern
  }
}
