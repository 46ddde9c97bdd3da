import Testing

@testable import Administration

@Suite("What lines have in common")
struct LineShapeTests {
  @Test(arguments: [
    ("df -h", "df -h", ["df"]),
    ("  tail   -n 50 /var/log/app-7.log.1", "tail -n N /var/log/app-N.log.N", ["tail"]),
    ("journalctl -u nginx | grep 'a b'", "journalctl -u nginx | grep '…'", ["journalctl", "grep"]),
    ("a;b&&c||d", "a ; b && c || d", ["a", "b", "c", "d"]),
    ("ls 2>&1 2>/dev/null | wc", "ls 2>&1 2>/dev/null | wc", ["ls", "wc"]),
    ("python3 -V", "python3 -V", ["python3"]),
    ("grep \"x|y\" f", "grep '…' f", ["grep"]),
    ("a\\ b c", "a b c", ["a b"]),
    ("echo 'unclosed | x", "echo '…'", ["echo"]),
    ("", "", []),
    ("| |", "||", []),
  ])
  func numbersAndQuotedTextAreTakenOut(_ line: String, _ text: String, _ commands: [String]) {
    let shape = LineShape(Array(line.utf8))
    #expect(shape.text == text)
    #expect(shape.commands == commands)
  }

  @Test func aLongLineIsCutAndALongNameToo() {
    let shape = LineShape(Array(repeating: UInt8(ascii: "x"), count: 4_000))
    #expect(shape.text.utf8.count <= LineShape.longestText + 3)
    #expect(shape.commands.map(\.utf8.count) == [LineShape.longestName])
  }

  @Test func bytesThatAreNoTextAreReplaced() {
    #expect(LineShape([0x64, 0x66, 0x20, 0xFF]).text == "df \u{FFFD}")
  }
}
