extension SessionKey: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.byteString(Array(type.utf8))
    encoder.byteString(Array(base64.utf8))
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    type = try decoder.string(.keyType, atMost: WireLimit.keyType)
    base64 = try decoder.string(.key, atMost: WireLimit.authentication)
  }
}

extension SessionCall: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.optionalByteString(line)
    encoder.integer(lineLength)
    encoder.optionalByteString(target)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    line = try decoder.optionalByteString(.line, atMost: WireLimit.line)
    lineLength = try decoder.integer()
    target = try decoder.optionalByteString(.target, atMost: WireLimit.target)
  }
}

extension SessionRequest: WireMessage {
  public static let kind = WireKind.sessionRequest
  public static let maximumSize = WireLimit.packet

  private enum Tag: UInt8 {
    case hello = 0
    case offered = 1
    case proved = 2
    case call = 3
    case goodbye = 4
    case authority = 5
  }

  public func encode(to encoder: inout WireEncoder) {
    switch self {
    case .hello(let connection):
      encoder.integer(Tag.hello.rawValue)
      encoder.byteString(connection)
    case .offered(let key):
      encoder.integer(Tag.offered.rawValue)
      key.encode(to: &encoder)
    case .proved(let key, let user):
      encoder.integer(Tag.proved.rawValue)
      key.encode(to: &encoder)
      encoder.byteString(user)
    case .call(let call):
      encoder.integer(Tag.call.rawValue)
      call.encode(to: &encoder)
    case .goodbye(let end):
      encoder.integer(Tag.goodbye.rawValue)
      encoder.integer(end.rawValue)
    case .authority(let key):
      encoder.integer(Tag.authority.rawValue)
      key.encode(to: &encoder)
    }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.request) as Tag {
    case .hello:
      self = .hello(connection: try decoder.byteString(.connection, atMost: WireLimit.connection))
    case .offered:
      self = .offered(try SessionKey(from: &decoder))
    case .proved:
      self = .proved(
        try SessionKey(from: &decoder), user: try decoder.byteString(.user, atMost: WireLimit.user))
    case .call:
      self = .call(try SessionCall(from: &decoder))
    case .goodbye:
      self = .goodbye(try decoder.tag(.cause))
    case .authority:
      self = .authority(try SessionKey(from: &decoder))
    }
  }
}

extension SessionReply: WireMessage {
  public static let kind = WireKind.sessionReply
  public static let maximumSize = WireLimit.packet

  private enum Tag: UInt8 {
    case known = 0
    case admitted = 1
    case refused = 2
    case principals = 3
    case revoked = 4
  }

  public func encode(to encoder: inout WireEncoder) {
    switch self {
    case .known(let isKnown):
      encoder.integer(Tag.known.rawValue)
      encoder.flag(isKnown)
    case .admitted(let admission):
      encoder.integer(Tag.admitted.rawValue)
      encoder.text(admission.agent)
      encoder.integer(admission.calls)
    case .refused(let reason, let hint):
      encoder.integer(Tag.refused.rawValue)
      encoder.text(reason)
      encoder.text(hint)
    case .principals(let names):
      encoder.integer(Tag.principals.rawValue)
      encoder.byteStrings(names.prefix(WireLimit.principals).map { Array($0.utf8) })
    case .revoked(let reason):
      encoder.integer(Tag.revoked.rawValue)
      encoder.text(reason)
    }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.reply) as Tag {
    case .known:
      self = .known(try decoder.flag(.isKnown))
    case .admitted:
      self = .admitted(SessionAdmission(agent: try decoder.text(.agent), calls: try decoder.integer()))
    case .refused:
      self = .refused(reason: try decoder.text(.reason), hint: try decoder.text(.hint))
    case .principals:
      let count = try decoder.count(.principals, atMost: WireLimit.principals)
      var names: [String] = []
      for _ in 0..<count { names.append(try decoder.string(.principals, atMost: WireLimit.user)) }
      self = .principals(names)
    case .revoked:
      self = .revoked(reason: try decoder.text(.reason))
    }
  }
}
