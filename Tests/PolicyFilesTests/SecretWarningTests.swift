import Policy
import PolicyFiles
import Testing

@Suite("Of secrets a policy warns when")
struct SecretWarningTests {
  private func warnings(_ patterns: [String], needs: String = "{}") throws -> [String] {
    let secrets = patterns.map { "  - {path: \"\($0)\", reason: r}\n" }.joined()
    return try TemporaryPolicy([
      "a.yaml": command("needs: \(needs)"), "s.yaml": "secrets:\n" + secrets,
    ]).warnings.map { String($0.drop { $0 != ":" }.dropFirst()) }
  }

  @Test(
    "one covers another",
    arguments: [
      ("/etc/a /etc/a", "3:12: secret /etc/a stands twice"),
      ("/etc/a /etc/a/b", "3:12: secret /etc/a/b lies wholly below secret /etc/a"),
      ("/etc/a/b /etc/a", "2:12: secret /etc/a/b lies wholly below secret /etc/a"),
      ("/etc/a /etc/a/**", "3:12: secret /etc/a/** lies wholly below secret /etc/a"),
      (
        "/home/*/.ssh /home/me/.ssh/id", "3:12: secret /home/me/.ssh/id lies wholly below secret /home/*/.ssh"
      ),
      ("/etc/**/*.key /etc/x/y/a.key", "3:12: secret /etc/x/y/a.key lies wholly below secret /etc/**/*.key"),
      ("/etc/**/*.key /etc/**/b*.key", "3:12: secret /etc/**/b*.key lies wholly below secret /etc/**/*.key"),
      ("/etc/a?c* /etc/abc", "3:12: secret /etc/abc lies wholly below secret /etc/a?c*"),
      ("/**/id /**/x/**/id", "3:12: secret /**/x/**/id lies wholly below secret /**/id"),
      ("/opt/? /opt/*", "2:12: secret /opt/? lies wholly below secret /opt/*"),
      ("/etc/a?c /etc/a*c", "2:12: secret /etc/a?c lies wholly below secret /etc/a*c"),
    ])
  func covered(patterns: String, expected: String) throws {
    #expect(try warnings(patterns.split(separator: " ").map(String.init)) == [expected])
  }

  @Test(
    "but not when one only may",
    arguments: [
      "/etc/a /etc/ab", "/etc/a/*/b /etc/a/b", "/home/*/a /home/**/a/b", "/etc/[ab] /etc/[abc]",
      "/etc/*/a /etc/a",
      "/a/b* /a/*b", "/etc/[a]? /etc/b",
    ])
  func apart(patterns: String) throws {
    #expect(try warnings(patterns.split(separator: " ").map(String.init)) == [])
  }

  @Test("but not when a narrow one before a wide one has a reason of its own, which is then shown")
  func ownReason() throws {
    func warnings(_ first: String, _ second: String) throws -> [String] {
      try TemporaryPolicy([
        "a.yaml": command("needs: {}"), "s.yaml": "secrets:\n  - \(first)\n  - \(second)\n",
      ]).warnings.map { String($0.split(separator: " ").dropFirst().joined(separator: " ")) }
    }
    let narrow = "{path: /home/*/.ssh, reason: ssh keys}"
    let wide = "{path: \"/home/*/.*\", reason: settings}"
    #expect(try warnings(narrow, wide) == [])
    #expect(try warnings(wide, narrow) == ["secret /home/*/.ssh lies wholly below secret /home/*/.*"])
  }

  @Test("it takes away what a command needs")
  func needs() throws {
    #expect(
      try warnings(
        ["/var/db/**", "/run/k*.sock"],
        needs: "{read: [/var/db/x/*, /var/log], sockets: [/run/k1.sock, /run/x]}")
        == [
          "5:20: `/var/db/x/*` is never read: it lies wholly below secret /var/db/**",
          "5:54: socket /run/k1.sock is never connected to: it is secret (r)",
        ])
  }
}
