/// Cuts a log that comes in parts into lines, with bounded memory whatever the parts hold.
public struct LogLines: Sendable {
  public enum Line: Equatable, Sendable {
    /// Where it is among the bytes at hand, without its newline. Holds until more is added.
    case bytes(Range<Int>)
    /// Longer than what is kept, and left out.
    case tooLong
  }

  private let longest: Int
  private var bytes: [UInt8] = []
  /// Of the next line.
  private var start = 0
  /// Before it is no newline behind `start`.
  private var searched = 0
  private var isSkipping = false
  /// How many lines were longer than what is kept, and left out.
  public private(set) var skipped = 0

  public init(longest: Int = AuditEntryReader.longestLine) {
    self.longest = longest
  }

  /// Adds what comes next. All whole lines before it must have been taken.
  public mutating func add(_ part: [UInt8]) {
    if start == bytes.count {
      bytes = part
    } else {
      bytes.removeSubrange(..<start)
      bytes += part
    }
    searched -= start
    start = 0
  }

  /// The next whole line; nil until more is added.
  public mutating func next() -> Line? {
    guard let end = ByteSearch.first(UInt8(ascii: "\n"), in: bytes.span, from: searched) else {
      searched = bytes.count
      if bytes.count - start > longest {
        // What follows belongs to the same line.
        start = bytes.count
        isSkipping = true
      }
      return nil
    }
    let range = start..<end
    start = end + 1
    searched = start
    if isSkipping || range.count > longest {
      isSkipping = false
      skipped += 1
      return .tooLong
    }
    return .bytes(range)
  }

  /// The next whole line that is a record of Keyhole, or could be one, and how it reads; nil until more is added. `passed`
  /// counts the lines, itself included.
  public mutating func next(
    with reader: AuditEntryReader, passed: inout Int
  ) -> (line: Line, reading: AuditEntryReader.Reading)? {
    while let line = next() {
      passed += 1
      guard case .bytes(let range) = line else { return (line, .other) }
      let reading = reader.read(bytes.span.extracting(range))
      if case .other = reading { continue }
      return (line, reading)
    }
    return nil
  }

  /// Ends the last line where no newline does; false when there is none. ``next()`` gives it then.
  public mutating func end() -> Bool {
    guard start < bytes.count || isSkipping else { return false }
    bytes.append(UInt8(ascii: "\n"))
    return true
  }

  /// The bytes of a line.
  public func copy(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  public func read(_ range: Range<Int>, with reader: AuditEntryReader) -> AuditEntryReader.Reading {
    reader.read(bytes.span.extracting(range))
  }
}
