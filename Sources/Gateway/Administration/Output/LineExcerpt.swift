/// A line with a caret below one of its places.
struct LineExcerpt: Equatable {
  /// Characters shown of a longer line.
  private static let width = 120

  /// Two lines of text, each behind two spaces.
  let text: String

  /// `offset` counts bytes of the line; past its end it stands for the end.
  init(_ line: [UInt8], offset: Int) {
    let scalars = Array(String(decoding: line, as: UTF8.self).unicodeScalars)
    let place = String(decoding: line.prefix(offset), as: UTF8.self).unicodeScalars.count
    let start = scalars.count <= Self.width ? 0 : max(0, min(place, scalars.count) - Self.width / 2)
    var shown = ""
    for scalar in scalars[start...].prefix(Self.width) {
      let isHidden = TerminalText.isUnsafe(scalar) || scalar == "\n" || scalar == "\t"
      shown.unicodeScalars.append(isHidden ? "\u{FFFD}" : scalar)
    }
    let before = min(place, scalars.count) - start
    text = "  \(shown)\n  \(String(repeating: " ", count: before))^\n"
  }
}
