public import AuditSchema

/// A record that Keyhole's broker wrote to the audit trail, read back from the log. docs/audit.md lists the fields.
///
/// It holds the line as it stands in the log, and where the fields are in it; they are decoded when they are asked for.
public struct AuditEntry: Equatable, Sendable {
  /// The machine's name: where auditd is told to write it (`name_format` of auditd.conf(5)), or as whoever gathered the logs
  /// knows it.
  public var node: String?
  public let operation: AuditOperation
  public let type: AuditRecordType
  /// When it was written, in milliseconds since 1970.
  public let time: Int64
  /// The number of the event, unique together with the time.
  public let serial: UInt64
  /// Whether `res` is `success`.
  public let isSuccess: Bool
  /// The whole line, without its newline.
  public let line: [UInt8]
  let places: RecordPlaces

  public struct Field: Equatable, Sendable {
    public let name: String
    public let value: [UInt8]

    public init(name: String, value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  /// The fields that the broker wrote, in their order, decoded; `op` is among them.
  public var fields: [Field] {
    places.own.map { Field(name: $0.name.rawValue, value: $0.value(in: line)) }
  }

  /// The bytes of a field; nil when the record does not have it.
  public func bytes(_ name: AuditFieldName) -> [UInt8]? {
    places.own.first { $0.name == name }?.value(in: line)
  }

  /// A field as text; bytes that are no UTF-8 are replaced.
  public func text(_ name: AuditFieldName) -> String? {
    guard let place = places.own.first(where: { $0.name == name }) else { return nil }
    return place.form == .hexadecimal
      ? String(decoding: place.value(in: line), as: UTF8.self)
      : String(decoding: line[place.range], as: UTF8.self)
  }

  /// A field that is a number; nil when it is none.
  public func number(_ name: AuditFieldName) -> UInt64? {
    places.own.first { $0.name == name }.flatMap { Decimal.value(of: line[$0.range]) }
  }

  public func has(_ name: AuditFieldName) -> Bool { places.own.contains { $0.name == name } }

  public func bytes(_ name: String) -> [UInt8]? { AuditFieldName(rawValue: name).flatMap { bytes($0) } }

  public func text(_ name: String) -> String? { AuditFieldName(rawValue: name).flatMap { text($0) } }

  /// The agent's name, nil when the key belonged to none.
  public var agent: String? { text(.acct).flatMap { $0 == "?" ? nil : $0 } }

  /// The fingerprint of its key, nil when it is not known.
  public var key: String? { text(.key).flatMap { $0 == "?" ? nil : $0 } }

  /// The client's address, nil when there is none.
  public var address: String? {
    let text = String(decoding: line[places.address.range], as: UTF8.self)
    return text == "?" ? nil : text
  }

  /// The path of the program that wrote it.
  public var executable: String {
    let place = places.executable
    return String(
      decoding: place.form == .hexadecimal
        ? Hexadecimal.bytes(line.span.extracting(place.place.range)) : Array(line[place.place.range]),
      as: UTF8.self)
  }

  /// Its number, from 1 in each boot; nil for a record of a version that did not number them.
  public var sequence: UInt64? { number(.sequence) }

  /// What it says of itself and all records before it; nil for one without a number.
  public var chain: RecordChain? {
    guard let place = places.own.last, place.name == .chain else { return nil }
    return RecordChain(hexadecimal: line.span.extracting(place.range))
  }

  /// What ``chain`` has to be when the record before has this value; nil for one without a number.
  public func chain(after previous: RecordChain) -> RecordChain? {
    guard places.own.count >= 3, let first = places.own.first,
      places.own[places.own.count - 2].name == .sequence
    else {
      return nil
    }
    // `op=` stands before the first value.
    let text = line[(first.range.lowerBound - 3)..<places.own[places.own.count - 2].range.upperBound]
    return previous.following(
      type: type, text: Array(text), address: Array(line[places.address.range]),
      terminal: Array(line[places.terminal.range]), result: Array(line[places.result.range]))
  }

  public static func == (one: AuditEntry, two: AuditEntry) -> Bool {
    one.node == two.node && one.line == two.line
  }
}
