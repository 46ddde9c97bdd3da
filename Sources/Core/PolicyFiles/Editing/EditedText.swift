/// A text that is addressed by lines and columns, both from 1, in Unicode scalars, as YAML marks are.
struct EditedText {
  struct Edit {
    var range: Range<Int>
    var text: String
  }

  private(set) var scalars: [Unicode.Scalar]
  /// Where each line begins, and the end of the text behind the last.
  private let starts: [Int]

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var starts = [0]
    for (index, scalar) in scalars.enumerated() where scalar == "\n" { starts.append(index + 1) }
    if starts.last != scalars.count { starts.append(scalars.count) }
    self.starts = starts
  }

  var lineCount: Int { starts.count - 1 }

  /// Where a line begins; the end of the text for lines behind the last.
  func start(ofLine line: Int) -> Int { starts[min(max(1, line), starts.count) - 1] }

  func index(line: Int, column: Int) -> Int { min(start(ofLine: line) + max(1, column) - 1, scalars.count) }

  /// Without its line break.
  func line(_ number: Int) -> [Unicode.Scalar] {
    var line = Array(scalars[start(ofLine: number)..<start(ofLine: number + 1)])
    while let last = line.last, last == "\n" || last == "\r" { line.removeLast() }
    return line
  }

  /// Whether a line has only blanks and a comment, or nothing, or ends the document.
  func isEmpty(_ number: Int) -> Bool {
    if line(number).starts(with: "...".unicodeScalars) { return true }
    guard let first = line(number).first(where: { $0 != " " && $0 != "\t" }) else { return true }
    return first == "#"
  }

  func indentation(ofLine number: Int) -> Int { line(number).prefix { $0 == " " }.count }

  func applying(_ edit: Edit) -> [UInt8] {
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars[..<edit.range.lowerBound])
    result.append(contentsOf: edit.text.unicodeScalars)
    result.append(contentsOf: scalars[edit.range.upperBound...])
    return Array(String(result).utf8)
  }

  /// Puts whole lines behind a line, which may be the last and without a line break.
  func inserting(_ lines: String, afterLine number: Int) -> Edit {
    let place = start(ofLine: number + 1)
    let isOpen = place > 0 && scalars[place - 1] != "\n"
    return Edit(range: place..<place, text: (isOpen ? "\n" : "") + lines)
  }
}
