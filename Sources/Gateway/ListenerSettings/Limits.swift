public import InternetAddresses

/// What one connection, one source and all of them together may take. Times are in milliseconds.
public struct Limits: Equatable, Sendable {
  public var authenticationTime = 20_000
  public var attempts = 6
  /// 0 for ever.
  public var idle = 600_000
  public var startups = StartupLimit()
  /// Open at once.
  public var connections = 512
  /// Open at once from one source.
  public var connectionsPerSource = 32
  public var sourceNetworks = SourceNetworks()
  public var channels = 16
  /// 0 for none.
  public var keepaliveInterval = 30_000
  public var keepaliveCount = 3
  public var rekeyBytes = 1 << 30
  public var rekeyTime = 3_600_000
  public var inputBytes = 1 << 30
  public var drain = 30_000

  public init() {}
}

/// How many connections may be open before they are authenticated; some are dropped at random between the two numbers.
/// sshd_config(5), MaxStartups
public struct StartupLimit: Equatable, Sendable {
  /// Up to here none is dropped.
  public var begin = 10
  /// In percent, from `begin` on; it grows evenly to all at `full`.
  public var rate = 30
  /// From here on all are dropped.
  public var full = 100

  public init() {}

  /// `begin:rate:full`, or one number from which on all are dropped.
  public init?(_ text: String) {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    switch numbers.count {
    case 1:
      guard let full = numbers[0] else { return nil }
      (begin, rate, self.full) = (full, 100, full)
    case 3:
      guard let begin = numbers[0], let rate = numbers[1], let full = numbers[2] else { return nil }
      (self.begin, self.rate, self.full) = (begin, rate, full)
    default: return nil
    }
    guard begin >= 1, (1...100).contains(rate), full >= begin, full <= 100_000 else { return nil }
  }

  /// Whether the next connection is dropped, with `open` before authentication now and `chance` in 0 ..< 100.
  public func drops(open: Int, chance: Int) -> Bool {
    if open < begin { return false }
    if open >= full || rate == 100 { return true }
    return chance < rate + (100 - rate) * (open - begin) / (full - begin)
  }
}

/// How much of an address names its source: an IPv6 client has a whole network. sshd_config(5), PerSourceNetBlockSize
public struct SourceNetworks: Equatable, Sendable {
  public var version4 = 32
  public var version6 = 64

  public init() {}

  /// `32:64`.
  public init?(_ text: String) {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let first = numbers[0], let second = numbers[1], (0...32).contains(first),
      (0...128).contains(second)
    else { return nil }
    (version4, version6) = (first, second)
  }

  public func source(of address: IPAddress) -> Network {
    Network(of: address, prefix: address.isVersion4 ? version4 : version6)
  }
}
