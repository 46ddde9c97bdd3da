import AuditSchema

/// Reads records as docs/audit.md describes them, in the plainest way. What ``AuditReading`` does fast is compared with it.
struct ObviousReader {
  enum Reading: Equatable {
    case entry(Found)
    case other, malformed
  }

  struct Found: Equatable {
    var node: String?
    var operation: AuditOperation
    var time: Int64
    var serial: UInt64
    var address: String?
    var isSuccess: Bool
    var names: [String]
    var values: [[UInt8]]
  }

  let executable: String

  func read(_ line: [UInt8]) -> Reading {
    // One scalar a byte, so that text operations are operations on bytes.
    let text = String(String.UnicodeScalarView(line.map { Unicode.Scalar($0) }))
    guard line.count <= 32_768, text.contains("op=keyhole:") else { return .other }
    return found(text).map { .entry($0) } ?? .malformed
  }

  private func found(_ text: String) -> Found? {
    let head =
      /(?:node=(?<node>[!-~]+) )?type=(?<type>[!-~]+) msg=audit\((?<s>[0-9]{1,19})\.(?<ms>[0-9]{3}):(?<serial>[0-9]{1,19})\): pid=[0-9]{1,19} uid=[0-9]{1,19} auid=[0-9]{1,19} ses=[0-9]{1,19} (?:subj=[!-~]+ )?msg='(?<message>[^']*)'(?:\x1D(?s:.)*)?/
    guard let match = text.wholeMatch(of: head.matchingSemantics(.unicodeScalar)) else { return nil }
    var fields: [(name: String, value: String)] = []
    for part in match.message.split(separator: " ", omittingEmptySubsequences: false) {
      guard let equals = part.firstIndex(of: "=") else { return nil }
      fields.append((String(part[..<equals]), String(part[part.index(after: equals)...])))
    }
    guard fields.count > 5 else { return nil }
    let tail = Array(fields.suffix(5))
    guard tail.map(\.name) == ["exe", "hostname", "addr", "terminal", "res"],
      encoded(tail[0].value) == Array(executable.utf8), tail[1].value == "?", isPlain(tail[2].value),
      isPlain(tail[3].value), ["success", "failed"].contains(tail[4].value)
    else { return nil }
    let own = Array(fields.dropLast(5))
    guard own.first?.name == "op", let operation = AuditOperation(rawValue: own[0].value),
      operation.types.contains(where: { $0.name.description == match.type })
    else { return nil }
    var rest = own[...]
    var values: [[UInt8]] = []
    for place in operation.layout {
      guard let next = rest.first, next.name == place.name.rawValue else {
        let isOfNumbered = operation == .start && [.boot, .after, .open, .previous].contains(place.name)
        if place.isOptional || isOfNumbered { continue }
        return nil
      }
      rest.removeFirst()
      if place.name.isEncoded {
        guard let value = encoded(next.value) else { return nil }
        values.append(value)
      } else {
        guard isPlain(next.value) else { return nil }
        let isNumber = [
          "status", "duration-ms", "bytes-out", "refusals", "calls", "cmd-bytes", "name-bytes", "open",
          "missed", "admin",
        ].contains(next.name)
        guard !isNumber || next.value.wholeMatch(of: /[0-9]{1,18}/) != nil else { return nil }
        values.append(Array(next.value.utf8))
      }
    }
    guard rest.isEmpty else { return nil }
    // A numbered start says what it goes on from.
    let names = own.map(\.name)
    let isWhole = ["boot", "after", "open", "prev"].allSatisfy(names.contains)
    guard operation != .start || !names.contains("seq") || isWhole else { return nil }
    let number = own.first { $0.name == "seq" }?.value
    let chain = own.first { $0.name == "chain" }?.value
    guard (number == nil) == (chain == nil),
      number?.wholeMatch(of: /[1-9][0-9]{0,18}/) != nil || number == nil,
      chain?.wholeMatch(of: /[0-9a-f]{32}/) != nil || chain == nil, let seconds = UInt64(match.s),
      seconds < 1_000_000_000_000,
      let milliseconds = Int64(match.ms), let serial = UInt64(match.serial)
    else { return nil }
    return Found(
      node: match.node.map(String.init), operation: operation,
      time: Int64(seconds) * 1_000 + milliseconds,
      serial: serial, address: tail[2].value == "?" ? nil : tail[2].value,
      isSuccess: tail[4].value == "success",
      names: own.map(\.name), values: values)
  }

  private func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0 > " " && $0 < "\u{7F}" && $0 != "\"" && $0 != "'" }
  }

  private func encoded(_ text: String) -> [UInt8]? {
    if text.hasPrefix("\"") {
      guard text.unicodeScalars.count >= 2, text.hasSuffix("\"") else { return nil }
      let inside = text.dropFirst().dropLast()
      return inside.isEmpty || isPlain(String(inside)) ? Array(inside.utf8) : nil
    }
    guard text.wholeMatch(of: /(?:[0-9A-F]{2})+/) != nil else { return nil }
    var bytes: [UInt8] = []
    var digits = text[...]
    while !digits.isEmpty {
      bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
      digits = digits.dropFirst(2)
    }
    return bytes
  }
}
