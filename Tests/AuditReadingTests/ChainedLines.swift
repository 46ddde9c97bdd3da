import AuditReading
import AuditSchema

/// Numbered records, as the broker writes them one after the other.
struct ChainedLines {
  private(set) var lines: [String] = []
  private(set) var sequence = 0
  private(set) var chain = RecordChain.none
  private var serial = 0
  var boot = "b0070b0070b00700"

  mutating func add(_ fields: String, type: String = "USER_CMD", result: String = "success") {
    guard let recordType = AuditRecordType.allCases.first(where: { $0.name.description == type }) else {
      return
    }
    sequence += 1
    serial += 1
    let text = "\(fields) seq=\(sequence)"
    chain = chain.following(
      type: recordType, text: Array(text.utf8), address: Array("192.0.2.7".utf8), terminal: Array("ssh".utf8),
      result: Array(result.utf8))
    lines.append(
      SampleLines.line(type: type, serial: serial, fields: "\(text) chain=\(chain)", result: result))
  }

  mutating func start(
    after: String = "first", unsure: String? = nil, isBoot: Bool = false, following: RecordChain? = nil
  ) {
    if isBoot { sequence = 0 }
    if let following { chain = following }
    add(
      "op=keyhole:start unit=keyhole-broker policy=none boot=\(boot) after=\(after) open=0"
        + (unsure.map { " unsure=\($0)" } ?? "") + " prev=\(chain)", type: "SERVICE_START")
  }

  mutating func load() {
    add("op=keyhole:policy-load policy=none old-policy=none by=signal", type: "USYS_CONFIG")
  }

  mutating func trouble(unsure: String) {
    add(
      "op=keyhole:audit-trouble unit=keyhole-broker missed=1 duration-ms=1 unsure=\(unsure)",
      type: "USYS_CONFIG",
      result: "failed")
  }

  mutating func decide(_ call: String, refused: Bool = false) {
    add(
      "op=keyhole:decision call=\(call) acct=\"a\" key=\"k\" policy=none verdict=\(refused ? "refused" : "allowed") rule=\"\" cmd=6466",
      result: refused ? "failed" : "success")
  }

  mutating func end(_ call: String, cause: String = "exited") {
    add(
      "op=keyhole:end call=\(call) acct=\"a\" key=\"k\" cause=\(cause) status=0 duration-ms=1 bytes-out=0 refusals=0"
    )
  }

  /// What ``ChainCheck`` finds in these lines.
  static func findings(_ lines: [String], expecting: [ExpectedRecord] = []) -> [TrailFinding] {
    let reader = AuditEntryReader(executables: [SampleLines.executable])
    var check = ChainCheck(expecting: expecting)
    var found: [TrailFinding] = []
    for (index, line) in lines.enumerated() {
      guard case .entry(let entry) = reader.read(line.utf8) else { continue }
      found += check.add(entry, at: TrailPlace(file: "log", line: index + 1))
    }
    return found + check.end(at: TrailPlace(file: "log", line: lines.count))
  }
}
