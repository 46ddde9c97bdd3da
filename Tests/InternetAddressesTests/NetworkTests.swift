import InternetAddresses
import Testing

@Suite("A network")
struct NetworkTests {
  @Test(
    "holds the addresses that begin with its bits",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
      ("192.0.2.7", "192.0.2.6", false), ("192.0.2.0/25", "192.0.2.127", true),
      ("192.0.2.0/25", "192.0.2.128", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
      ("::/0", "2001:db8::1", true), ("::/0", "10.0.0.1", false), ("::/0", "::ffff:10.0.0.1", false),
      ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
      ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("10.0.0.0/8", "::FFFF:0a01:0101", true),
      ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("::ffff:10.0.0.1", "10.0.0.1", true),
      ("fe80::/64", "fe80::1%eth0", true), ("fe80::%eth0/64", "fe80::1%eth0", true),
      ("fe80::%eth0/64", "fe80::1%eth1", false), ("fe80::%eth0/64", "fe80::1", false),
    ])
  func contains(network: String, address: String, expected: Bool) throws {
    let parsed = try #require(IPAddress(address))
    #expect(try Network(network).contains(parsed) == expected)
  }

  @Test(
    "with bits of a host set is refused with what is meant",
    arguments: [
      ("10.0.0.1/8", "10.0.0.0/8", "10.0.0.1"), ("192.0.2.255/31", "192.0.2.254/31", "192.0.2.255"),
      ("2001:db8::1/32", "2001:db8::/32", "2001:db8::1"), ("::ffff:10.0.0.1/104", "10.0.0.0/8", "10.0.0.1"),
      ("fe80::1%eth0/64", "fe80::%eth0/64", "fe80::1%eth0"),
    ])
  func hostBits(text: String, meant: String, address: String) {
    #expect(throws: NetworkError.hostBits(meant: meant, address: address)) { try Network(text) }
  }

  @Test(
    "is nothing else",
    arguments: [
      "", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8", "010.0.0.0/8",
      "10.0.0.*", "!10.0.0.0/8", "example.com", "::/129", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "fe80::%/64",
      "10.0.0.1%eth0", "fe80::1% ", " 10.0.0.0/8",
    ])
  func malformed(text: String) {
    #expect(throws: NetworkError.self) { try Network(text) }
  }

  @Test(
    "is written in one way",
    arguments: [
      ("2001:0DB8:0:0:0:0:0:0/32", "2001:db8::/32"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("::", "::"),
      ("::1/128", "::1"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("10.0.0.0/32", "10.0.0.0"),
      ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("1::", "1::"),
    ])
  func canonical(text: String, expected: String) throws {
    let network = try Network(text)
    #expect(network.description == expected)
    #expect(try Network(network.description) == network)
  }

  @Test func coversTheNetworksInIt() throws {
    #expect(try Network("10.0.0.0/8").covers(Network("10.1.0.0/16")))
    #expect(try !Network("10.1.0.0/16").covers(Network("10.0.0.0/8")))
    #expect(try Network("fe80::/64").covers(Network("fe80::1%eth0")))
    #expect(try !Network("fe80::%eth0/64").covers(Network("fe80::1")))
  }
}
