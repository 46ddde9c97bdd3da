internal import AuditSchema

/// Reads lines of an audit log and knows the records that the broker wrote.
///
/// A log holds what many programs wrote, and text from outside in much of it. A line is taken for a record of the
/// broker only when all of it has the form that the broker, libaudit and the kernel give it: one prefix, one `msg='…'`,
/// in it the fields of one operation, each once and in order, and libaudit's own five fields at the end, of which `exe`
/// names the broker. What looks like a field elsewhere, such as in another record's text, counts for nothing. Whoever
/// can write such a line as a whole has CAP_AUDIT_WRITE or the log file.
public struct AuditEntryReader: Sendable {
  /// What a line is.
  public enum Reading: Equatable, Sendable {
    case entry(AuditEntry)
    /// Somebody else's record, or no record.
    case other
    /// It names Keyhole and is not as the broker writes it: cut, forged, or of another version.
    case malformed
  }

  /// Longer lines are no records: the kernel keeps 8,970 bytes of a message, and ENRICHED adds names to it.
  public static let longestLine = 32_768

  private let executables: [[UInt8]]
  private let forms = RecordForm.all

  /// `executables` are the paths of programs whose records count.
  public init(executables: some Sequence<String>) {
    self.executables = executables.map { Array($0.utf8) }
  }

  /// Reads one line, without its newline.
  public func read(_ line: some Collection<UInt8>) -> Reading { read(Array(line).span) }

  public func read(_ line: Span<UInt8>) -> Reading {
    // Nearly all lines of a log are other programs': they are told apart by one search.
    guard line.count <= Self.longestLine, ByteSearch.contains("op=keyhole:", in: line) else { return .other }
    return entry(line).map { .entry($0) } ?? .malformed
  }

  private func entry(_ line: Span<UInt8>) -> AuditEntry? {
    var cursor = LineCursor()
    var node: Range<Int>?
    if cursor.take("node=", in: line) {
      node = cursor.takeWord(in: line)
      guard node != nil else { return nil }
    }
    guard cursor.take("type=", in: line), let typeName = cursor.takeWord(in: line),
      cursor.take("msg=audit(", in: line), let seconds = cursor.takeNumber(in: line),
      seconds < 1_000_000_000_000,
      cursor.take(".", in: line), let milliseconds = cursor.takeDigits(3, in: line),
      cursor.take(":", in: line),
      let serial = cursor.takeNumber(in: line), cursor.take("): ", in: line), takeKernelFields(&cursor, line),
      cursor.take("msg='op=", in: line),
      let end = ByteSearch.first(UInt8(ascii: "'"), in: line, from: cursor.position),
      // Behind the message may only be what auditd adds in its ENRICHED format, after a group separator: names of accounts.
      end + 1 == line.count || line[end + 1] == 0x1D
    else { return nil }
    let start = cursor.position
    guard let form = forms.first(where: { Self.takeWhole($0.value, &cursor, before: end, line) }),
      let type = form.types.first(where: { Self.isEqual($0.name, line, typeName) })?.type,
      let places = places(form, opAt: start, &cursor, before: end, line)
    else { return nil }
    return AuditEntry(
      node: node.map { Self.text(line, $0) }, operation: form.operation, type: type,
      time: Int64(seconds * 1_000 + milliseconds), serial: serial,
      isSuccess: places.result.range.count == 7, line: Self.copy(line), places: places)
  }

  /// The kernel's own fields, which it writes in this order (audit_log_common_recv_msg, audit_log_user_recv_msg).
  private func takeKernelFields(_ cursor: inout LineCursor, _ line: Span<UInt8>) -> Bool {
    guard cursor.take("pid=", in: line), cursor.takeNumber(in: line) != nil, cursor.take(" uid=", in: line),
      cursor.takeNumber(in: line) != nil, cursor.take(" auid=", in: line), cursor.takeNumber(in: line) != nil,
      cursor.take(" ses=", in: line), cursor.takeNumber(in: line) != nil
    else { return false }
    // A security module's label, as `subj=unconfined`.
    if cursor.take(" subj=", in: line) { return cursor.takeWord(in: line) != nil }
    return cursor.take(" ", in: line)
  }

  /// The fields of the form, and behind them those that libaudit appends (audit_log_user_message(3)).
  private func places(
    _ form: RecordForm, opAt start: Int, _ cursor: inout LineCursor, before end: Int, _ line: Span<UInt8>
  ) -> RecordPlaces? {
    var places = RecordPlaces()
    places.own.reserveCapacity(form.places.count + 1)
    places.own.append(FieldPlace(.op, .plain, BytePlace(start, cursor.position)))
    for place in form.places {
      var ahead = cursor
      if ahead.take(" ", in: line), ahead.take(place.token, in: line) {
        guard let (valueForm, value) = ahead.takeValue(isEncoded: place.isEncoded, before: end, in: line)
        else {
          return nil
        }
        if place.isNumber, !Self.isNumber(line.extracting(value.range)) { return nil }
        places.own.append(FieldPlace(place.name, valueForm, value))
        cursor = ahead
      } else if !place.isOptional {
        return nil
      }
    }
    guard Self.isNumbered(places.own, form, line), cursor.take(" exe=", in: line),
      let exe = cursor.takeValue(isEncoded: true, before: end, in: line), isKnown(exe, line),
      cursor.take(" hostname=? addr=", in: line),
      let address = cursor.takeValue(isEncoded: false, before: end, in: line),
      cursor.take(" terminal=", in: line),
      let terminal = cursor.takeValue(isEncoded: false, before: end, in: line), cursor.take(" res=", in: line)
    else { return nil }
    let result = cursor.position
    guard cursor.take("success", in: line) || cursor.take("failed", in: line), cursor.position == end else {
      return nil
    }
    places.executable = exe
    places.address = address.1
    places.terminal = terminal.1
    places.result = BytePlace(result, end)
    return places
  }

  /// A record has both its number and its chain value, as the broker writes them, or neither, as an older one did.
  private static func isNumbered(_ own: [FieldPlace], _ form: RecordForm, _ line: Span<UInt8>) -> Bool {
    let count = own.count
    guard own[count - 1].name == .chain else { return own[count - 1].name != .sequence }
    let number = own[count - 2].range
    let chain = own[count - 1].range
    guard own[count - 2].name == .sequence, number.count <= 19, line[number.lowerBound] != 0x30,
      chain.count == 32
    else {
      return false
    }
    for name in form.ofNumbered where !own.contains(where: { $0.name == name }) { return false }
    for index in number where !(0x30...0x39).contains(line[index]) { return false }
    for index in chain where !(0x30...0x39).contains(line[index]) && !(0x61...0x66).contains(line[index]) {
      return false
    }
    return true
  }

  private static func isNumber(_ digits: Span<UInt8>) -> Bool {
    guard digits.count <= 18 else { return false }
    for index in digits.indices where !(0x30...0x39).contains(digits[index]) { return false }
    return true
  }

  private func isKnown(_ exe: (form: FieldPlace.Form, place: BytePlace), _ line: Span<UInt8>) -> Bool {
    if exe.form == .hexadecimal {
      return executables.contains(Hexadecimal.bytes(line.extracting(exe.place.range)))
    }
    return executables.contains { Self.isEqual($0, line, exe.place.range) }
  }

  /// Whether a line that is ``Reading/malformed`` is another program's, which only repeats Keyhole's words: it ends in the path
  /// of another program, or in none and has a type that Keyhole does not write.
  public func isForeign(_ line: [UInt8]) -> Bool {
    let line = line.span
    if let end = ByteSearch.last(UInt8(ascii: "'"), in: line),
      let start = ByteSearch.last(" exe=", in: line, before: end)
    {
      var cursor = LineCursor(at: start + 5)
      if let exe = cursor.takeValue(isEncoded: true, before: end, in: line) { return !isKnown(exe, line) }
    }
    var cursor = LineCursor()
    if cursor.take("node=", in: line), cursor.takeWord(in: line) == nil { return false }
    guard cursor.take("type=", in: line), let type = cursor.takeWord(in: line) else { return false }
    return !forms.contains { $0.types.contains { Self.isEqual($0.name, line, type) } }
  }

  /// Steps over the bytes where a space or the end follows them.
  private static func takeWhole(
    _ bytes: [UInt8], _ cursor: inout LineCursor, before end: Int, _ line: Span<UInt8>
  ) -> Bool {
    var ahead = cursor
    guard ahead.take(bytes, in: line), ahead.position < end, line[ahead.position] == UInt8(ascii: " ") else {
      return false
    }
    cursor = ahead
    return true
  }

  private static func isEqual(_ bytes: [UInt8], _ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard bytes.count == range.count else { return false }
    for index in bytes.indices where bytes[index] != line[range.lowerBound + index] { return false }
    return true
  }

  private static func text(_ line: Span<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: copy(line.extracting(range)), as: UTF8.self)
  }

  private static func copy(_ line: Span<UInt8>) -> [UInt8] {
    // The buffer is the line's, which lives through the call.
    unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
  }
}
