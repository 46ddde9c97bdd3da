internal import Policy

/// A policy file as it was read.
struct SourceFile: Equatable {
  /// As in messages: the directory given, and the name below it.
  let path: String
  /// Below the directory, which does not enter the digest.
  let name: String
  let bytes: [UInt8]
  private let lines: SourceLines

  init(path: String, name: String, bytes: [UInt8]) {
    self.path = path
    self.name = name
    self.bytes = bytes
    lines = SourceLines(bytes)
  }

  static func == (left: SourceFile, right: SourceFile) -> Bool {
    left.path == right.path && left.name == right.name && left.bytes == right.bytes
  }

  /// The text of a line counted from 1; nil for all lines of a file into which a private key was pasted.
  func line(_ number: Int) -> String? {
    lines.all.indices.contains(number - 1) && !lines.holdPrivateKey ? lines.all[number - 1] : nil
  }

  func diagnostic(
    line: Int, column: Int, severity: Diagnostic.Severity = .error, message: String, hint: String = "",
    showsLine: Bool = true
  ) -> Diagnostic {
    Diagnostic(
      location: SourceLocation(file: path, line: line, column: column), severity: severity, message: message,
      hint: hint, sourceLine: showsLine ? self.line(line) : nil)
  }
}

/// The lines of a file, split when the first diagnostic wants one: most files have none.
private final class SourceLines {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  lazy var all = Self.lines(of: bytes)
  lazy var holdPrivateKey = all.contains { $0.contains("PRIVATE KEY") }

  /// As YAML 1.1 counts lines (5.4): they end in CR, LF, both, NEL, LS or PS.
  private static func lines(of bytes: [UInt8]) -> [String] {
    var lines = [""]
    var isAfterReturn = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n" where isAfterReturn: break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append("")
      default: lines[lines.count - 1].unicodeScalars.append(scalar)
      }
      isAfterReturn = scalar == "\r"
    }
    return lines
  }
}
