internal import InternetAddresses
internal import ListenerSettings

/// Why a connection is closed before its client has said anything.
enum TurnedAway: Int, CaseIterable {
  case penalty, connections, source, startups, noSession

  /// For the client, before the exchange of versions. RFC 4253 4.2
  var line: String {
    switch self {
    case .penalty: "keyhole: this address is kept out for a while, after connections that failed\r\n"
    case .connections: "keyhole: too many connections, try again in a moment\r\n"
    case .source: "keyhole: too many connections from this address\r\n"
    case .startups: "keyhole: too many connections that are not authenticated yet, try again in a moment\r\n"
    case .noSession: "keyhole: no session could be started, try again in a moment\r\n"
    }
  }

  /// For the log, behind the client's address.
  var reason: String {
    switch self {
    case .penalty: "its source is kept out for what its connections did (penalties)"
    case .connections: "as many connections are open as may be (limits: connections)"
    case .source: "as many connections of its source are open as may be (limits: connections-per-source)"
    case .startups: "too many connections are open that are not authenticated (limits: startups)"
    case .noSession: "no session could be started for it"
    }
  }
}

/// Counts connections and decides which of the new ones are served.
struct AdmissionGate {
  var limits: Limits
  var penalties: PenaltyBook
  private(set) var open = 0
  private(set) var unauthenticated = 0
  private var perSource: [Network: Int] = [:]

  init(limits: Limits, penalties: Penalties) {
    self.limits = limits
    self.penalties = PenaltyBook(penalties)
  }

  func source(of address: IPAddress) -> Network { limits.sourceNetworks.source(of: address) }

  /// nil when the connection is to be served. `chance` is drawn anew for each, from 0 ..< 100.
  mutating func judge(_ source: Network, now: Int64, chance: Int) -> TurnedAway? {
    if penalties.keepsOut(source, now: now) { return .penalty }
    if open >= limits.connections { return .connections }
    if perSource[source, default: 0] >= limits.connectionsPerSource { return .source }
    if limits.startups.drops(open: unauthenticated, chance: chance) { return .startups }
    return nil
  }

  mutating func entered(_ source: Network) {
    open += 1
    unauthenticated += 1
    perSource[source, default: 0] += 1
  }

  /// Once per connection.
  mutating func authenticated() { unauthenticated -= 1 }

  mutating func left(_ source: Network, wasAuthenticated: Bool) {
    open -= 1
    if !wasAuthenticated { unauthenticated -= 1 }
    let rest = perSource[source, default: 1] - 1
    perSource[source] = rest > 0 ? rest : nil
  }
}
