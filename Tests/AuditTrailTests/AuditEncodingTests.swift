import AuditSchema
import Testing

@testable import AuditTrail

@Suite struct AuditEncodingTests {
  private func encode(_ text: String) -> String { AuditEncoding.encode(Array(text.utf8)) }

  @Test("a harmless value is quoted and readable")
  func quoted() {
    #expect(encode("claude") == "\"claude\"")
    #expect(encode("/var/log/syslog") == "\"/var/log/syslog\"")
    #expect(encode("SHA256:abc+/Z") == "\"SHA256:abc+/Z\"")
    #expect(encode("") == "\"\"")
  }

  @Test(
    "a value with a quote, a space, a control byte or a byte above 0x7E is hexadecimal as a whole",
    arguments: [
      ("a b", "612062"), ("a\"", "6122"), ("\n", "0A"), ("\u{7F}", "7F"), ("é", "C3A9"), ("\0", "00"),
    ])
  func hexadecimal(text: String, expected: String) {
    #expect(encode(text) == expected)
  }

  @Test(
    "what ausearch would take for a field or for the end of the message is never quoted",
    arguments: ["x,res=success", "uid=0", "'", "a'b", "a,b", "acct=root", "exe=/bin/sh"])
  func forgedFields(text: String) {
    let encoded = encode(text)
    #expect(encoded.utf8.allSatisfy { "0123456789ABCDEF".utf8.contains($0) })
    #expect(RecordReader.decode(encoded) == Array(text.utf8))
  }

  @Test("every value decodes to itself and leaves only bytes that cannot end a field")
  func everyByte() {
    for byte in UInt8.min...UInt8.max {
      for value in [[byte], [0x61, byte, 0x62], [byte, byte]] {
        let encoded = AuditEncoding.encode(value)
        #expect(RecordReader.decode(encoded) == value)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x27 && $0 != 0x3D })
      }
    }
  }

  @Test("a token has no byte that needs encoding, and nothing else is a token")
  func tokens() {
    for text in ["keyhole:end", "0123abcd", "a.b_c/d-e"] { #expect(AuditToken(text)?.description == text) }
    for text in ["", "a b", "a=b", "a\"", "a'", "a,b", "é", "a\n", String(repeating: "a", count: 65)] {
      #expect(AuditToken(text) == nil)
    }
  }

  @Test("the words and the field names of this module are tokens")
  func words() {
    for word in AuditWord.allCases { #expect(AuditToken(word.rawValue) != nil) }
    for name in AuditFieldName.allCases { #expect(AuditToken(name.rawValue) != nil) }
  }

  @Test("no field name ends in one that ausearch looks for by itself")
  func fieldNames() {
    for name in AuditFieldName.allCases {
      for sought in [
        "res", "result", "exe", "uid", "comm", "cwd", "hostname", "terminal", "pid", "ses", "addr",
      ] {
        #expect(!name.rawValue.hasSuffix(sought))
      }
    }
  }

  @Test("a call id is 16 hexadecimal digits, reads back, and is another one each time")
  func callIDs() {
    let ids = (0..<1000).map { _ in CallID() }
    #expect(Set(ids).count == 1000)
    for id in ids {
      #expect(id.description.utf8.count == 16)
      #expect(CallID(id.description) == id)
    }
    #expect(CallID("00000000000000ff")?.description == "00000000000000ff")
    for text in ["", "00000000000000FF", "+0000000000000ff", "00000000000000f", "00000000000000fff"] {
      #expect(CallID(text) == nil)
    }
  }

  @Test("an address is an address and never a name")
  func addresses() {
    for text in ["192.0.2.7", "::1", "2001:db8::1", "fe80::1%eth0", "::ffff:192.0.2.7"] {
      #expect(ClientAddress(text)?.description == text)
    }
    let tooLong = "fe80::1%" + String(repeating: "e", count: 40)
    for text in [
      "", "localhost", "cafe", "UNKNOWN", "1.2.3.4 res=x", "1.2.3.4%eth0", "fe80::1%", "::1\n", tooLong,
    ] {
      #expect(ClientAddress(text) == nil)
    }
  }
}
