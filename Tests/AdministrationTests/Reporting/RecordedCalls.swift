import AuditReading

@testable import Administration

/// Records of calls, read from lines as auditd writes them, and a report builder that takes them.
struct RecordedCalls {
  static let day: Int64 = 86_400_000
  static let hour: Int64 = 3_600_000
  /// 2026-11-16 00:00 of UTC, a Monday.
  static let monday: Int64 = 1_794_787_200_000

  private var feed: ReportFeed
  private var serial = 0
  private let reader = AuditEntryReader(executables: ["/b"])

  init(since: Int64 = monday, until: Int64? = nil, newestCalls: Int = 100) {
    feed = ReportFeed(
      ReportBuilder(period: ReportPeriod(since: since, until: until), newestCalls: newestCalls))
  }

  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  mutating func add(_ type: String, _ fields: String, at time: Int64, res: String = "success") {
    serial += 1
    let millisecond = String(1_000 + time % 1_000).dropFirst()
    let line =
      "type=\(type) msg=audit(\(time / 1_000).\(millisecond):\(serial)): pid=7 uid=0 auid=0 ses=1 msg='\(fields) exe=\"/b\" hostname=? addr=192.0.2.7 terminal=ssh res=\(res)'"
    guard case .entry(let entry) = reader.read(line.utf8) else { return }
    feed.add(entry)
  }

  mutating func call(
    _ agent: String, _ line: String, at time: Int64, refused: String? = nil, cause: String = "exited",
    status: Int = 0
  ) {
    let id = String(String(serial + 0x1_0000_0000, radix: 16).suffix(8))
    let head =
      "call=00000000\(id) acct=\(Self.encoded(agent)) key=\"SHA256:\(agent)\""
    let verdict = refused == nil ? "allowed" : "refused"
    let info = refused.map { " info=\(Self.encoded($0))" } ?? ""
    add(
      "USER_CMD",
      "op=keyhole:decision \(head) policy=p verdict=\(verdict) rule=\"r\" cmd=\(Self.encoded(line))\(info)",
      at: time, res: refused == nil ? "success" : "failed")
    guard refused == nil else { return }
    add(
      "USER_CMD",
      "op=keyhole:end \(head) cause=\(cause) status=\(status) duration-ms=10 bytes-out=100 refusals=0",
      at: time + 10,
      res: cause == "exited" ? "success" : "failed")
  }

  var builder: ReportBuilder {
    var feed = feed
    return feed.end()
  }

  var findings: [AuditFinding] { FindingSearch(builder: builder, malformed: 0, chain: nil).findings }

  /// Kind, agent and subject of each.
  var told: [String] { findings.map { "\($0.kind.rawValue) \($0.agent ?? "-") \($0.subject)" } }
}
