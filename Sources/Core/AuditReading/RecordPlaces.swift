internal import AuditSchema

/// Where the parts of a record are in its line.
struct RecordPlaces: Sendable {
  /// The broker's own fields.
  var own: [FieldPlace] = []
  /// libaudit's.
  var executable = (form: FieldPlace.Form.quoted, place: BytePlace(0, 0))
  var address = BytePlace(0, 0)
  var terminal = BytePlace(0, 0)
  var result = BytePlace(0, 0)
}

/// Where some bytes of a line are. A line that is read has at most 32,768.
struct BytePlace: Equatable, Sendable {
  private let start: UInt16
  private let end: UInt16

  init(_ start: Int, _ end: Int) {
    self.start = UInt16(clamping: start)
    self.end = UInt16(clamping: end)
  }

  var range: Range<Int> { Int(start)..<Int(end) }
}

/// Where the value of a field is, without quotes, and how it is written there.
struct FieldPlace: Equatable, Sendable {
  enum Form: Equatable, Sendable {
    case plain, quoted, hexadecimal
  }

  let name: AuditFieldName
  let form: Form
  private let place: BytePlace

  init(_ name: AuditFieldName, _ form: Form, _ place: BytePlace) {
    self.name = name
    self.form = form
    self.place = place
  }

  var range: Range<Int> { place.range }

  /// The value itself.
  func value(in line: [UInt8]) -> [UInt8] {
    form == .hexadecimal ? Hexadecimal.bytes(line.span.extracting(range)) : Array(line[range])
  }
}
