import Testing

@testable import ListenerSettings

@Suite("addresses and networks")
struct NetworkTests {
  @Test(
    "an address is printed as it is commonly written",
    arguments: [
      ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
      ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("0:0:1:0:0:1:1:1", "::1:0:0:1:1:1"),
      ("::ffff:192.0.2.1", "192.0.2.1"),
      ("::192.0.2.1", "::c000:201"), ("fe80::1:2", "fe80::1:2"),
    ])
  func printed(text: String, expected: String) {
    #expect(IPAddress(text)?.description == expected)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.+4", "localhost", ":", ":::", "1::2::3",
      "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "fe80::1%eth0", "::1.2.3",
      "1.2.3.4::",
      "::+1", " ::1", "::١",
    ])
  func refused(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func aNetworkHasNoBitsBehindItsPrefix() {
    #expect(Network("10.0.0.0/8") != nil)
    #expect(Network("10.0.0.1/8") == nil)
    #expect(Network("10.0.0.0/33") == nil)
    #expect(Network("2001:db8::/32") != nil)
    #expect(Network("2001:db8::/129") == nil)
    #expect(Network("0.0.0.0/0")?.description == "0.0.0.0/0")
    #expect(Network("192.0.2.7")?.description == "192.0.2.7")
  }

  @Test func aNetworkContainsWhatBeginsLikeIt() throws {
    let network = try #require(Network("172.16.0.0/12"))
    let last = try #require(IPAddress("172.31.255.255"))
    let next = try #require(IPAddress("172.32.0.0"))
    let other = try #require(IPAddress("2001:db8::1"))
    #expect(network.contains(last))
    #expect(!network.contains(next))
    #expect(!network.contains(other))
  }

  @Test func theSourceOfIPv6IsItsNetworkAndThatOfIPv4TheAddress() throws {
    let networks = SourceNetworks()
    func source(_ text: String) throws -> Network { networks.source(of: try #require(IPAddress(text))) }
    #expect(try source("2001:db8:1:2::1") == source("2001:db8:1:2:ffff:ffff:ffff:ffff"))
    #expect(try source("2001:db8:1:2::1") != source("2001:db8:1:3::1"))
    #expect(try source("192.0.2.1") != source("192.0.2.2"))
    #expect(try source("::ffff:192.0.2.1") == source("192.0.2.1"))
  }

  @Test(
    "an address to listen on has a port, and brackets where it has colons",
    arguments: [
      ("[::]:2222", true), ("0.0.0.0:65535", true), ("[192.0.2.1]:22", false), ("::1:22", false),
      ("192.0.2.1", false),
      ("192.0.2.1:0", false), ("192.0.2.1:65536", false), ("192.0.2.1:+1", false), ("[::1]", false),
    ])
  func listen(text: String, isGood: Bool) {
    #expect(ListenAddress(text)?.description == (isGood ? text : nil))
  }
}
