/// Addresses and ranges: the GNU sed manual, "Addresses: selecting lines".
extension SedParser {
  mutating func lines() throws(ProgramRefusal) -> SedLines {
    let start = position
    guard let first = try address() else { return .all }
    skipBlanks()
    guard accept(",") else {
      guard first != .line(0) else { throw noLineZero(start) }
      return .one(first)
    }
    skipBlanks()
    let end = try rangeEnd()
    if first == .line(0) {
      guard case .matching = end else { throw noLineZero(start) }
    }
    return .range(first, to: end)
  }

  private func noLineZero(_ place: Int) -> ProgramRefusal {
    refusal("there is no line 0", at: place, hint: "lines count from 1; `0,/re/` takes a pattern as its end")
  }

  private mutating func address() throws(ProgramRefusal) -> SedAddress? {
    if let pattern = try addressPattern() { return .matching(pattern) }
    if accept("$") { return .last }
    if let byte = current, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "~") {
      throw refusal("`\(character(byte))` only ends a range", hint: "write `FIRST,+N` or `FIRST~STEP`")
    }
    guard let first = try number() else { return nil }
    let blanks = position
    skipBlanks()
    guard accept("~") else {
      position = blanks
      return .line(first)
    }
    skipBlanks()
    guard let step = try number() else { throw refusal("`~` without a step", hint: "write `FIRST~STEP`") }
    return step == 0 ? .line(first) : .every(first: first, step: step)
  }

  private mutating func rangeEnd() throws(ProgramRefusal) -> SedRangeEnd {
    if let pattern = try addressPattern() { return .matching(pattern) }
    if accept("$") { return .last }
    if let sign = current, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "~") {
      position += 1
      skipBlanks()
      guard let count = try number() else { throw refusal("`\(character(sign))` without a number") }
      return sign == UInt8(ascii: "+") ? .after(count) : .multiple(count)
    }
    guard let line = try number() else {
      throw refusal("the end of the range is missing", hint: "write a line number, `$`, `/re/`, `+N` or `~N`")
    }
    let blanks = position
    skipBlanks()
    if current == UInt8(ascii: "~") { throw refusal("a step cannot end a range", hint: "write `FIRST,~N`") }
    position = blanks
    return .line(line)
  }

  private mutating func addressPattern() throws(ProgramRefusal) -> SedAddressPattern? {
    let place = position
    guard current == UInt8(ascii: "/") || current == UInt8(ascii: "\\") else { return nil }
    if take() == UInt8(ascii: "\\") { try checkDelimiter() } else { position = place }
    guard let delimiter = take() else { throw refusal("an address ends after `\\`", at: place) }
    var address = SedAddressPattern(pattern: try pattern(delimiter, "address", from: place))
    guard SedPrinter.delimiter(for: address.pattern) != nil else { throw noDelimiterLeft(place) }
    while true {
      let blanks = position
      skipBlanks()
      if accept("I") {
        address.ignoreCase = true
      } else if accept("M") {
        address.multipleLines = true
      } else {
        position = blanks
        break
      }
    }
    if address.pattern.isEmpty, address.ignoreCase || address.multipleLines {
      throw refusal("an empty expression, which repeats the last one, takes no flags", at: place)
    }
    return address
  }
}
