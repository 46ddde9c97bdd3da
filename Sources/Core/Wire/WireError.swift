/// Why bytes are not a message.
public enum WireError: Error, Equatable, Sendable {
  /// The bytes end before the message does, or a count promises more than there are bytes.
  case truncated
  /// Bytes are left after the message.
  case trailing
  case tooLong(WireField)
  case badUTF8(WireField)
  case unknownTag(WireField, UInt8)
  case badVersion(UInt8)
}

/// What an error is about.
public enum WireField: String, Equatable, Sendable, CaseIterable {
  case message, kind
  case line, connection, authentication, target
  case messages, reason
  case groups
  case keepsReadPrivilege = "read privilege"
  case keepsGroupPrivilege = "group privilege"
  case keepsRootPrivilege = "root privilege"
  case isolatesNetwork = "network isolation"
  case steps, condition, stages, action, output, path
  case redirections, redirection
  case executable, arguments, argument, environment, sockets, readable, programs
  case publicTrees = "public trees"
  case viewFilter = "filter for the public view"
  case event
  case ownNamespaces = "own namespaces"
  case operation, cause
  case request, reply, digest, findings, finding, severity, hint
  case isRecorded = "recorded"
  case recordsCalls = "records of calls"
  case key, user, agent, principals
  case keyType = "key type"
  case isKnown = "known"
}

extension WireError: CustomStringConvertible {
  /// One line in lower case.
  public var description: String {
    switch self {
    case .truncated: "the message is cut short"
    case .trailing: "bytes follow the end of the message"
    case .tooLong(let field): "\(field.rawValue): longer than allowed"
    case .badUTF8(let field): "\(field.rawValue): not UTF-8"
    case .unknownTag(let field, let value): "\(field.rawValue): unknown value \(value)"
    case .badVersion(let version): "version \(version) of the messages, expected \(wireVersion)"
    }
  }
}
