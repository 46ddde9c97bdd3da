/// One mistake or warning about a policy file.
public struct PolicyFinding: Equatable, Sendable {
  public enum Severity: UInt8, Equatable, Sendable, CaseIterable {
    case error = 0
    case warning = 1
  }

  public var severity: Severity
  public var file: [UInt8]
  /// Counted from 1; 0 when it concerns the file as a whole.
  public var line: UInt32
  public var column: UInt32
  public var message: String
  public var hint: String
  /// As a person is shown it, with the line and a caret; several lines. At most ``WireLimit/shownFinding`` bytes.
  public var shown: [UInt8]

  public init(
    severity: Severity, file: [UInt8], line: UInt32, column: UInt32, message: String, hint: String,
    shown: [UInt8]
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
    self.shown = shown
  }
}

/// All that is to be said about a policy, in the order of files and places. It travels in a memory file.
public struct PolicyFindings: Equatable, Sendable {
  public private(set) var findings: [PolicyFinding] = []
  /// How many more there are than have room in ``WireLimit/findings``.
  public private(set) var omitted: UInt32 = 0
  private var size = PolicyFindings.headerSize

  public init() {}

  /// Takes a finding in while there is room, and counts it otherwise.
  public mutating func add(_ finding: PolicyFinding) {
    var encoder = WireEncoder()
    finding.encode(to: &encoder)
    let room = WireLimit.findings - size
    guard omitted == 0, encoder.bytes.count <= room else {
      omitted += 1
      return
    }
    size += encoder.bytes.count
    findings.append(finding)
  }

  /// Version, kind, count of findings, count of those left out.
  private static let headerSize = 2 + 4 + 4
}

extension PolicyFinding: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.integer(severity.rawValue)
    encoder.byteString(file)
    encoder.integer(line)
    encoder.integer(column)
    encoder.text(message)
    encoder.text(hint)
    encoder.byteString(shown)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    severity = try decoder.tag(.severity)
    file = try decoder.byteString(.path, atMost: WireLimit.path)
    line = try decoder.integer()
    column = try decoder.integer()
    message = try decoder.text(.messages)
    hint = try decoder.text(.hint)
    shown = try decoder.byteString(.finding, atMost: WireLimit.shownFinding)
  }
}

extension PolicyFindings: WireMessage {
  public static let kind = WireKind.policyFindings
  public static let maximumSize = WireLimit.findings

  public func encode(to encoder: inout WireEncoder) {
    encoder.list(findings)
    encoder.integer(omitted)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    findings = try decoder.list(.findings, atMost: WireLimit.findings)
    omitted = try decoder.integer()
  }

  public static func == (left: PolicyFindings, right: PolicyFindings) -> Bool {
    left.findings == right.findings && left.omitted == right.omitted
  }
}
