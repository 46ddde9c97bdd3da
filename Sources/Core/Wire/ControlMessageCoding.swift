extension ControlRequest: WireMessage {
  public static let kind = WireKind.controlRequest
  public static let maximumSize = WireLimit.packet

  private enum Tag: UInt8 {
    case reload = 0
    case status = 1
  }

  public func encode(to encoder: inout WireEncoder) {
    switch self {
    case .reload: encoder.integer(Tag.reload.rawValue)
    case .status: encoder.integer(Tag.status.rawValue)
    }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.request) as Tag {
    case .reload: self = .reload
    case .status: self = .status
    }
  }
}

extension ControlReply: WireMessage {
  public static let kind = WireKind.controlReply
  public static let maximumSize = WireLimit.packet

  private enum Tag: UInt8 {
    case reloaded = 0
    case kept = 1
    case status = 2
    case failed = 3
  }

  public func encode(to encoder: inout WireEncoder) {
    switch self {
    case .reloaded(let exchange):
      encoder.integer(Tag.reloaded.rawValue)
      exchange.encode(to: &encoder)
    case .kept(let policy):
      encoder.integer(Tag.kept.rawValue)
      policy.encode(to: &encoder)
    case .status(let status):
      encoder.integer(Tag.status.rawValue)
      status.encode(to: &encoder)
    case .failed(let reason, let hint):
      encoder.integer(Tag.failed.rawValue)
      encoder.text(reason)
      encoder.text(hint)
    }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.reply) as Tag {
    case .reloaded: self = .reloaded(try PolicyExchange(from: &decoder))
    case .kept: self = .kept(try KeptPolicy(from: &decoder))
    case .status: self = .status(try BrokerStatus(from: &decoder))
    case .failed: self = .failed(reason: try decoder.text(.reason), hint: try decoder.text(.hint))
    }
  }
}

extension PartChange: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.integer(before)
    encoder.integer(after)
    encoder.integer(added)
    encoder.integer(removed)
    encoder.integer(changed)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    before = try decoder.integer()
    after = try decoder.integer()
    added = try decoder.integer()
    removed = try decoder.integer()
    changed = try decoder.integer()
  }
}

extension PolicyExchange: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.text(before)
    encoder.text(after)
    for part in [commands, secrets, publicTrees, roles, agents] { part.encode(to: &encoder) }
    encoder.flag(isRecorded)
    encoder.integer(warnings)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    before = try decoder.text(.digest)
    after = try decoder.text(.digest)
    commands = try PartChange(from: &decoder)
    secrets = try PartChange(from: &decoder)
    publicTrees = try PartChange(from: &decoder)
    roles = try PartChange(from: &decoder)
    agents = try PartChange(from: &decoder)
    isRecorded = try decoder.flag(.isRecorded)
    warnings = try decoder.integer()
  }
}

extension KeptPolicy: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.text(digest)
    encoder.text(reason)
    encoder.flag(isRecorded)
    encoder.integer(findings)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    digest = try decoder.text(.digest)
    reason = try decoder.text(.reason)
    isRecorded = try decoder.flag(.isRecorded)
    findings = try decoder.integer()
  }
}

extension BrokerStatus: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.byteString(policyDirectory)
    encoder.text(digest)
    for count in [commands, secrets, publicTrees, roles, agents] { encoder.integer(count) }
    encoder.integer(loadedAt)
    encoder.integer(startedAt)
    encoder.integer(runningCalls)
    encoder.integer(mostCalls)
    encoder.flag(recordsCalls)
    encoder.integer(sessions)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    policyDirectory = try decoder.byteString(.path, atMost: WireLimit.path)
    digest = try decoder.text(.digest)
    commands = try decoder.integer()
    secrets = try decoder.integer()
    publicTrees = try decoder.integer()
    roles = try decoder.integer()
    agents = try decoder.integer()
    loadedAt = try decoder.integer()
    startedAt = try decoder.integer()
    runningCalls = try decoder.integer()
    mostCalls = try decoder.integer()
    recordsCalls = try decoder.flag(.recordsCalls)
    sessions = try decoder.integer()
  }
}
