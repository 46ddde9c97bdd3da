internal import AuditSchema

/// One `name=value` of a record.
struct AuditField: Equatable, Sendable {
  enum Value: Equatable, Sendable {
    case plain(AuditToken)
    /// Whole or not at all.
    case encoded([UInt8])
    /// Only where nothing runs because of it: the beginning will do, and a field of the given name says how many bytes
    /// there were.
    case cuttable([UInt8], bytes: Int, countedBy: AuditFieldName)
    /// Keyhole's own explanation, which may be shortened.
    case explanation([UInt8])
  }

  var name: AuditFieldName
  var value: Value

  init(_ name: AuditFieldName, _ value: Value) {
    self.name = name
    self.value = value
  }

  static func plain(_ name: AuditFieldName, _ token: AuditToken) -> AuditField {
    AuditField(name, .plain(token))
  }

  static func plain(_ name: AuditFieldName, _ word: AuditWord) -> AuditField {
    .plain(name, AuditToken(word))
  }

  static func op(_ operation: AuditOperation) -> AuditField { .plain(.op, AuditToken(operation)) }

  static func number(_ name: AuditFieldName, _ number: UInt64) -> AuditField {
    .plain(name, AuditToken(number))
  }

  /// `?`, as audit has it, for what is not known.
  static func encoded(_ name: AuditFieldName, _ text: String?) -> AuditField {
    AuditField(name, .encoded(Array((text ?? "?").utf8)))
  }

  static func explanation(_ text: String) -> AuditField {
    AuditField(.info, .explanation(Array(text.utf8)))
  }

  var text: String {
    switch value {
    case .plain(let token):
      return "\(name.rawValue)=\(token)"
    case .encoded(let value), .explanation(let value):
      return "\(name.rawValue)=\(AuditEncoding.encode(value))"
    case .cuttable(let value, let bytes, let counter):
      let field = "\(name.rawValue)=\(AuditEncoding.encode(value))"
      return bytes == value.count ? field : "\(field) \(counter.rawValue)=\(bytes)"
    }
  }

  var isExplanation: Bool {
    if case .explanation = value { true } else { false }
  }

  var isCuttable: Bool {
    if case .cuttable = value { true } else { false }
  }

  /// The field with a value short enough for ``text`` to have at most `room` bytes, in hexadecimal; a cuttable one keeps
  /// its name and count even when they have no room. nil when an explanation is better left out.
  func shortened(to room: Int) -> AuditField? {
    switch value {
    case .plain, .encoded:
      return self
    case .explanation(let value):
      let ellipsis = Array("…".utf8)
      var end = min((room - name.rawValue.utf8.count - 1) / 2 - ellipsis.count, value.count)
      while end > 0, end < value.count, value[end] & 0xC0 == 0x80 { end -= 1 }
      guard end > 0 else { return nil }
      return AuditField(name, .explanation(value[..<end] + ellipsis))
    case .cuttable(let value, let bytes, let counter):
      let fixed = "\(name.rawValue)=\"\" \(counter.rawValue)=\(bytes)".utf8.count
      let end = min(max(0, (room - fixed) / 2), value.count)
      return AuditField(name, .cuttable(Array(value[..<end]), bytes: bytes, countedBy: counter))
    }
  }
}
