import InternetAddresses
import Testing

@Suite("An address")
struct IPAddressTests {
  @Test(
    "is printed as it is commonly written",
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
      "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "fe80::1%", "fe80::1%a/b",
      "10.0.0.1%eth0", "::1.2.3",
      "1.2.3.4::",
      "::+1", " ::1", "::١",
    ])
  func refused(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func hasFourOrSixteenBytes() {
    for count in 0...17 {
      #expect((IPAddress(bytes: [UInt8](repeating: 1, count: count)) != nil) == (count == 4 || count == 16))
    }
  }
}
