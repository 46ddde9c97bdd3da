internal import Policy
internal import Yams

extension FileDecoder {
  static let sizes = [(name: "B", factor: 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]

  mutating func limits(_ node: Node?) -> Limits {
    var limits = Limits()
    guard let node else { return limits }
    let fields = fields(node, "limits", known: ["time", "output", "memory", "processes"])
    let times = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
    if let value = fields["time"].flatMap({ quantity($0, "time", times, most: 86_400_000) }) {
      limits.time = value
    }
    if let value = fields["output"].flatMap({ quantity($0, "output", Self.sizes, most: 1 << 40) }) {
      limits.output = value
    }
    if let value = fields["memory"].flatMap({ quantity($0, "memory", Self.sizes, most: 1 << 40) }) {
      limits.memory = value
    }
    if let value = fields["processes"].flatMap({ quantity($0, "processes", [("", 1)], most: 4_096) }) {
      limits.processes = value
    }
    return limits
  }

  /// A number above zero and its unit.
  mutating func quantity(_ node: Node, _ what: String, _ units: [(name: String, factor: Int)], most: Int)
    -> Int?
  {
    guard let text = text(node, what) else { return nil }
    let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
    let unit = text[digits.endIndex...]
    let names = units.map(\.name).filter { !$0.isEmpty }
    let hint = names.isEmpty ? "a whole number" : "a number and one of \(names.joined(separator: ", "))"
    guard let factor = units.first(where: { $0.name == unit })?.factor, digits.utf8.count <= 12,
      let number = Int(digits)
    else {
      fail(node, "`\(text)` is not a value for \(what)", hint: hint)
      return nil
    }
    let (value, isTooLarge) = number.multipliedReportingOverflow(by: factor)
    guard !isTooLarge, value > 0, value <= most else {
      fail(node, "\(what) must be above zero and not beyond all measure", hint: hint)
      return nil
    }
    return value
  }
}
