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
    lines.text(number)
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

/// The lines of a file, found when the first diagnostic wants one: most files have none.
private final class SourceLines {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The text of a line counted from 1; nil for all lines of a file that holds a private key.
  func text(_ number: Int) -> String? {
    guard ranges.indices.contains(number - 1), !holdPrivateKey else { return nil }
    return String(decoding: bytes[ranges[number - 1]], as: UTF8.self)
  }

  private lazy var ranges = Self.lines(of: bytes)

  private lazy var holdPrivateKey = PrivateKeyText.occurs(in: bytes)

  /// As YAML 1.1 counts lines (5.4): they end in CR, LF, both, NEL, LS or PS.
  private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      let length: Int
      switch bytes[index] {
      case 0x0A: length = 1
      case 0x0D: length = index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
      case 0xC2 where bytes[index...].starts(with: [0xC2, 0x85]): length = 2
      case 0xE2
      where bytes[index...].starts(with: [0xE2, 0x80, 0xA8])
        || bytes[index...].starts(with: [0xE2, 0x80, 0xA9]):
        length = 3
      default: length = 0
      }
      if length == 0 {
        index += 1
        continue
      }
      lines.append(start..<index)
      index += length
      start = index
    }
    return lines + [start..<bytes.count]
  }
}
