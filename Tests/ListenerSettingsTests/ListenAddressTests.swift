import InternetAddresses
import Testing

@testable import ListenerSettings

@Suite("sources and addresses to listen on")
struct ListenAddressTests {
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
      ("[fe80::1%eth0]:22", false),
    ])
  func listen(text: String, isGood: Bool) {
    #expect(ListenAddress(text)?.description == (isGood ? text : nil))
  }
}
