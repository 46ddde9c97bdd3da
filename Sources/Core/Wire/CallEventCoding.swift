extension CallEvent: WireMessage {
  public static let kind = WireKind.callEvent
  public static let maximumSize = WireLimit.packet

  private enum Tag: UInt8 {
    case started = 0
    case refused = 1
    case ended = 2
    case indexOutdated = 3
  }

  public func encode(to encoder: inout WireEncoder) {
    switch self {
    case .started(let enforcement):
      encoder.integer(Tag.started.rawValue)
      encoder.integer(enforcement.landlock)
      encoder.flag(enforcement.ownNamespaces)
    case .refused(let access):
      encoder.integer(Tag.refused.rawValue)
      encoder.integer(access.operation.rawValue)
      encoder.byteString(access.path)
      encoder.text(access.reason)
    case .indexOutdated:
      encoder.integer(Tag.indexOutdated.rawValue)
    case .ended(let end):
      encoder.integer(Tag.ended.rawValue)
      end.cause.encode(to: &encoder)
      encoder.integer(end.bytesOut)
      encoder.integer(end.refusals)
    }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.event) as Tag {
    case .started:
      self = .started(
        Enforcement(landlock: try decoder.integer(), ownNamespaces: try decoder.flag(.ownNamespaces)))
    case .refused:
      self = .refused(
        RefusedAccess(
          operation: try decoder.tag(.operation),
          path: try decoder.byteString(.path, atMost: WireLimit.path),
          reason: try decoder.text(.reason)))
    case .indexOutdated:
      self = .indexOutdated
    case .ended:
      self = .ended(
        CallEnd(
          cause: try CallEnd.Cause(from: &decoder), bytesOut: try decoder.integer(),
          refusals: try decoder.integer()))
    }
  }
}

extension CallEnd.Cause: WireCodable {
  private enum Tag: UInt8 {
    case exited = 0
    case signaled = 1
    case timedOut = 2
    case outputLimit = 3
    case failed = 4
    case refused = 5
  }

  public func encode(to encoder: inout WireEncoder) {
    switch self {
    case .exited(let status):
      encoder.integer(Tag.exited.rawValue)
      encoder.integer(status)
    case .signaled(let signal):
      encoder.integer(Tag.signaled.rawValue)
      encoder.integer(signal)
    case .timedOut:
      encoder.integer(Tag.timedOut.rawValue)
    case .outputLimit:
      encoder.integer(Tag.outputLimit.rawValue)
    case .failed(let reason):
      encoder.integer(Tag.failed.rawValue)
      encoder.text(reason)
    case .refused(let reason):
      encoder.integer(Tag.refused.rawValue)
      encoder.text(reason)
    }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.cause) as Tag {
    case .exited: self = .exited(try decoder.integer())
    case .signaled: self = .signaled(try decoder.integer())
    case .timedOut: self = .timedOut
    case .outputLimit: self = .outputLimit
    case .failed: self = .failed(try decoder.text(.reason))
    case .refused: self = .refused(try decoder.text(.reason))
    }
  }
}
