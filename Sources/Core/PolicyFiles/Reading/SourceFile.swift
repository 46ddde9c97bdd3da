internal import Policy

/// A policy file as it was read.
struct SourceFile: Equatable {
  /// As in messages: the directory given, and the name below it.
  let path: String
  /// Below the directory, which does not enter the digest.
  let name: String
  let bytes: [UInt8]
  let lines: [String]

  init(path: String, name: String, bytes: [UInt8]) {
    self.path = path
    self.name = name
    self.bytes = bytes
    lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self)
    }
  }

  /// The text of a line counted from 1.
  func line(_ number: Int) -> String? {
    lines.indices.contains(number - 1) ? lines[number - 1] : nil
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
