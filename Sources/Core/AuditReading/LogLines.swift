/// Cuts a log that comes in parts into lines, with bounded memory whatever the parts hold.
public struct LogLines: Sendable {
  private let longest: Int
  private var pending: [UInt8] = []
  private var isSkipping = false
  /// How many lines were longer than what is kept, and left out.
  public private(set) var skipped = 0

  public init(longest: Int = AuditEntryReader.longestLine) {
    self.longest = longest
  }

  /// Hands each line that `part` completes to `body`, without its newline.
  public mutating func add(_ part: [UInt8], _ body: (ArraySlice<UInt8>) -> Void) {
    var rest = part[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      finish(rest[..<end], body)
      rest = rest[(end + 1)...]
    }
    if pending.count + rest.count > longest {
      pending = []
      isSkipping = true
    } else if !isSkipping {
      pending += rest
    }
  }

  /// Hands on a last line that no newline ends.
  public mutating func end(_ body: (ArraySlice<UInt8>) -> Void) {
    if !pending.isEmpty || isSkipping { finish([], body) }
  }

  private mutating func finish(_ last: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
    defer {
      pending = []
      isSkipping = false
    }
    if isSkipping || pending.count + last.count > longest {
      skipped += 1
    } else if pending.isEmpty {
      body(last)
    } else {
      body((pending + last)[...])
    }
  }
}
