/// `text` in backquotes for a message, cut when long, control bytes replaced.
func shown(_ text: String) -> String {
  let limit = 80
  var result = "`"
  for scalar in text.unicodeScalars.prefix(limit) {
    result.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
  }
  if text.unicodeScalars.count > limit { result += "…" }
  return result + "`"
}

/// `text` without spaces at either end.
func trimmed(_ text: String) -> String {
  let bytes = text.utf8
  guard let first = bytes.firstIndex(where: { $0 != UInt8(ascii: " ") }),
    let last = bytes.lastIndex(where: { $0 != UInt8(ascii: " ") })
  else { return "" }
  return String(Substring(bytes[first...last]))
}
