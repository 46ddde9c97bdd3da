/// Calls over time as stacked columns. Labels are text beside the drawing, so that they are readable at any width.
struct CallChart {
  let series: CallSeries

  private static let height = 200
  /// From the bottom up.
  static let layers: [(class: String, label: String, outcomes: [CallOutcome])] = [
    ("ok", "exit 0", [.succeeded]),
    ("fail", "other exit status", [.failed]),
    ("stop", "stopped, or Keyhole could not", [.stopped, .troubled]),
    ("gone", "no end", [.lost, .open]),
    ("refuse", "refused", [.refused]),
  ]

  static func legend() -> String {
    "<ul class=\"legend\">" + layers.map { "<li class=\"\($0.class)\">\($0.label)</li>" }.joined() + "</ul>"
  }

  /// A round number that is at least `most`, with its half a whole number too.
  static func ceiling(_ most: Int) -> Int {
    var unit = 1
    while true {
      for step in [2, 4, 6, 10] where step * unit >= most { return step * unit }
      unit *= 10
    }
  }

  var html: String {
    let buckets = series.buckets
    guard let most = buckets.map(\.outcomes.calls).max(), most > 0 else { return "" }
    let top = Self.ceiling(most)
    // A column is 10 wide, with a gap of 2.
    let width = buckets.count * 10
    var text = "<figure class=\"chart\"><div class=\"y\" aria-hidden=\"true\">"
    for value in [top, top / 2, 0] { text += "<span>\(ReportNumber.grouped(value))</span>" }
    text +=
      "</div><svg viewBox=\"0 0 \(width) \(Self.height)\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Calls by \(series.unit.rawValue), the most \(ReportNumber.grouped(most)) in one\">"
    for line in [0, Self.height / 2, Self.height] {
      text += "<line x1=\"0\" x2=\"\(width)\" y1=\"\(line)\" y2=\"\(line)\"/>"
    }
    for (index, bucket) in buckets.enumerated() where bucket.outcomes.calls > 0 {
      text += "<g><title>\(PageText.escaped(title(bucket)))</title>"
      var below = 0
      for layer in Self.layers {
        let count = layer.outcomes.reduce(0) { $0 + bucket.outcomes[$1] }
        guard count > 0 else { continue }
        let (from, to) = (y(below, top), y(below + count, top))
        // What there is at all is seen.
        let size = max(from - to, 0.8)
        text +=
          "<rect class=\"\(layer.class)\" x=\"\(index * 10 + 1)\" width=\"8\" y=\"\(Self.tenths(from - size))\" height=\"\(Self.tenths(size))\"/>"
        below += count
      }
      text += "</g>"
    }
    // Below each column where there is room, else at both ends and between them.
    let isEach = labelled.count == buckets.count
    text += "</svg><ul class=\"x\(isEach ? " each" : "")\" aria-hidden=\"true\">"
    for bucket in labelled { text += PageText.element("li", series.name(bucket)) }
    return text + "</ul></figure>"
  }

  private func title(_ bucket: CallSeries.Bucket) -> String {
    let parts = Self.layers.compactMap { layer -> String? in
      let count = layer.outcomes.reduce(0) { $0 + bucket.outcomes[$1] }
      return count > 0 ? "\(ReportNumber.grouped(count)) \(layer.label)" : nil
    }
    return
      "\(series.name(bucket)): \(counted(bucket.outcomes.calls, "call")); \(parts.joined(separator: ", "))"
  }

  /// First and last, and some between them, evenly.
  private var labelled: [CallSeries.Bucket] {
    let buckets = series.buckets
    if buckets.count <= 8 { return buckets }
    let gaps = 6
    return (0...gaps).map { buckets[$0 * (buckets.count - 1) / gaps] }
  }

  private func y(_ calls: Int, _ top: Int) -> Double {
    Double(Self.height) - Double(calls) * Double(Self.height) / Double(top)
  }

  static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
  }
}
