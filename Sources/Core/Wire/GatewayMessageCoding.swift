extension CallRequest: WireMessage {
  public static let kind = WireKind.callRequest
  public static let maximumSize = WireLimit.packet

  public func encode(to encoder: inout WireEncoder) {
    encoder.optionalByteString(line)
    encoder.integer(lineLength)
    encoder.byteString(connection)
    encoder.byteString(authentication)
    encoder.optionalByteString(target)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    line = try decoder.optionalByteString(.line, atMost: WireLimit.line)
    lineLength = try decoder.integer()
    connection = try decoder.byteString(.connection, atMost: WireLimit.connection)
    authentication = try decoder.byteString(.authentication, atMost: WireLimit.authentication)
    target = try decoder.optionalByteString(.target, atMost: WireLimit.target)
  }
}

extension CallReply: WireMessage {
  public static let kind = WireKind.callReply
  public static let maximumSize = WireLimit.packet

  /// Messages beyond ``WireLimit/messages`` are left out.
  public func encode(to encoder: inout WireEncoder) {
    encoder.integer(status)
    let kept = messages.prefix(WireLimit.messages)
    encoder.count(kept.count)
    for message in kept { encoder.text(message) }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    status = try decoder.integer()
    messages = []
    let count = try decoder.count(.messages, atMost: WireLimit.messages)
    for _ in 0..<count { messages.append(try decoder.text(.messages)) }
  }
}
