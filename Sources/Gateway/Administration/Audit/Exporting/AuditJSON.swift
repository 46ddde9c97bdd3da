internal import AuditReading
internal import AuditSchema

/// Calls and records as JSON objects: docs/audit-export.md.
struct AuditJSON {
  private var times = TimeText()

  /// A call, joined from its records.
  mutating func call(_ call: AuditedCall) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init(name: "kind", value: "call"), .init(name: "call", value: .text(call.id)),
      .init(name: "host", value: .optional(call.host)),
      .init(name: "time", value: .text(times.utc(call.decided ?? call.time))),
      .init(name: "agent", value: .optional(call.agent)), .init(name: "key", value: .optional(call.key)),
      .init(name: "address", value: .optional(call.address)), .init(name: "vm", value: .optional(call.vm)),
      .init(name: "session", value: .optional(call.session)),
      .init(name: "verdict", value: .optional(call.verdict?.rawValue)),
      .init(name: "policy", value: .optional(call.policy)), .init(name: "rules", value: .texts(call.rules)),
      .init(name: "command", value: .optional(call.line.map(Self.text))),
    ]
    Self.addBytes("command", call.line, to: &members)
    members += [
      .init(name: "command-bytes", value: .optional(call.lineLength)),
      .init(name: "reason", value: .optional(call.reason)),
      .init(name: "result", value: .text(CallText.result(call))),
      .init(name: "refusals", value: .number(CallText.refusals(call))),
      .init(name: "accesses", value: .list(call.accesses.map { access($0) })),
    ]
    let end: JSONValue = call.end.map { self.end($0) } ?? .null
    members.append(.init(name: "end", value: end))
    return .object(members)
  }

  private mutating func access(_ access: AuditedCall.Access) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init(name: "kind", value: .text(access.kind)),
      .init(name: "time", value: .text(times.utc(access.time))),
      .init(name: "name", value: .text(Self.text(access.name))),
    ]
    Self.addBytes("name", access.name, to: &members)
    members.append(.init(name: "reason", value: .optional(access.reason)))
    return .object(members)
  }

  private mutating func end(_ end: AuditedCall.End) -> JSONValue {
    [
      "time": .text(times.utc(end.time)), "cause": .text(end.cause), "status": .number(end.status),
      "duration-ms": .number(Int(clamping: end.milliseconds)),
      "bytes-out": .number(Int(clamping: end.bytesOut)),
      "reason": .optional(end.reason),
    ]
  }

  /// A record by itself.
  mutating func record(_ entry: AuditEntry) -> JSONValue {
    var fields: [JSONValue.Member] = []
    var digits: [JSONValue.Member] = []
    for place in entry.fields {
      switch place.name {
      case "op", "seq", "chain": continue
      case _ where Self.numbers.contains(place.name):
        let text = Self.text(place.value)
        fields.append(.init(name: place.name, value: Int(text).map { .number($0) } ?? .text(text)))
      default:
        let text = String(validating: place.value, as: UTF8.self)
        fields.append(.init(name: place.name, value: .text(text ?? Self.text(place.value))))
        if text == nil { digits.append(.init(name: place.name, value: .text(Self.hexadecimal(place.value)))) }
      }
    }
    var members: [JSONValue.Member] = [
      .init(name: "kind", value: "record"), .init(name: "operation", value: .text(Self.operation(entry))),
      .init(name: "host", value: .optional(entry.node)),
      .init(name: "time", value: .text(times.utc(entry.time))),
      .init(name: "serial", value: .number(Int(clamping: entry.serial))),
      .init(name: "type", value: .text(entry.type.name.description)),
      .init(name: "success", value: .bool(entry.isSuccess)),
      .init(name: "address", value: .optional(entry.address)),
      .init(name: "sequence", value: .optional(entry.number(.sequence).map { Int(clamping: $0) })),
      .init(name: "chain", value: .optional(entry.text(.chain))),
      .init(name: "fields", value: .object(fields)),
    ]
    if !digits.isEmpty { members.append(.init(name: "fields-hex", value: .object(digits))) }
    return .object(members)
  }

  /// Fields that hold numbers.
  private static let numbers: Set<String> = [
    "status", "duration-ms", "bytes-out", "refusals", "calls", "cmd-bytes", "name-bytes", "open", "missed",
    "admin",
  ]

  /// Without `keyhole:`.
  private static func operation(_ entry: AuditEntry) -> String {
    String(entry.operation.rawValue.dropFirst(8))
  }

  /// U+FFFD stands for what is no UTF-8.
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes themselves, behind a text that does not tell them.
  private static func addBytes(_ name: String, _ bytes: [UInt8]?, to members: inout [JSONValue.Member]) {
    guard let bytes, !isText(bytes) else { return }
    members.append(.init(name: "\(name)-hex", value: .text(hexadecimal(bytes))))
  }

  private static func isText(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0x0F)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
