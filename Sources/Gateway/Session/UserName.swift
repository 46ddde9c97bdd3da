internal import Wire

/// What a client's user name says: whether this server serves it, and where its commands are meant to run.
enum UserName {
  /// `diag` is this host, `diag+web-02` the VM web-02.
  ///
  /// nil for any other name, which never succeeds, and for one that is too long for the broker.
  static func target(of name: [UInt8], servedAs served: [UInt8]) -> Target? {
    if name.count > WireLimit.user { return nil }
    if name == served { return .host }
    let prefix = served + [UInt8(ascii: "+")]
    guard name.starts(with: prefix), name.count > prefix.count else { return nil }
    return .machine(Array(name.dropFirst(prefix.count)))
  }

  enum Target: Equatable, Sendable {
    case host
    case machine([UInt8])

    var name: [UInt8]? {
      switch self {
      case .host: nil
      case .machine(let name): name
      }
    }
  }
}
