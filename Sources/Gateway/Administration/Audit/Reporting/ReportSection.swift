/// A table of a report, for a terminal and for a page.
struct ReportSection {
  struct Column {
    var title: String
    var isNumber = false
    /// Left out on a terminal, where there is no room.
    var isForPages = false

    static func text(_ title: String) -> Column { Column(title: title) }
    static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    func onPages() -> Column { Column(title: title, isNumber: isNumber, isForPages: true) }
  }

  enum Cell: Equatable {
    /// Words, which may come from outside.
    case text(String)
    /// What was typed: a line, a path, a key.
    case code(String)
    /// What was typed, and what there is to say of it.
    case remarked(String, remark: String)
    case outcome(CallOutcome, String)
    case number(Int)
    case milliseconds(UInt64)
    case bytes(UInt64)
    /// In milliseconds since 1970.
    case time(Int64)
    /// The same, where seconds say nothing.
    case minute(Int64)
    case none

    /// As a person reads it.
    var text: String {
      switch self {
      case .text(let text), .code(let text): text
      case .remarked(let text, let remark): remark.isEmpty ? text : "\(text) (\(remark))"
      case .outcome(_, let text): text
      case .number(let number): ReportNumber.grouped(number)
      case .milliseconds(let milliseconds): ReportNumber.duration(milliseconds)
      case .bytes(let bytes): ReportNumber.bytes(bytes)
      case .time(let time): LocalTime.text(time)
      case .minute(let time): String(LocalTime.text(time).dropLast(3))
      case .none: ""
      }
    }

    /// What it is sorted by, where that is no text.
    var sortKey: Int? {
      switch self {
      case .text, .code, .remarked, .outcome, .none: nil
      case .number(let number): number
      case .milliseconds(let number), .bytes(let number): Int(clamping: number)
      case .time(let time), .minute(let time): Int(time)
      }
    }
  }

  /// For links: lower-case letters and `-`.
  var id: String
  var title: String
  /// A sentence on what is in it, in Keyhole's words.
  var about = ""
  var columns: [Column]
  var rows: [[Cell]]
  /// How many rows there would be in all.
  var total: Int
  /// What is missing, in Keyhole's words; empty when nothing is.
  var missing = ""
  /// Instead of a table without rows.
  var whenEmpty: String
}
