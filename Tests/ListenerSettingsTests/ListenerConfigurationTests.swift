import InternetAddresses
import SettingsFile
import Testing

@testable import ListenerSettings

@Suite("sshd.yaml")
struct ListenerConfigurationTests {
  private static func parse(_ text: String) throws(ConfigurationError) -> ListenerConfiguration {
    try ListenerConfiguration(parsing: text, file: "sshd.yaml")
  }

  private static func error(_ text: String) -> ConfigurationError? {
    do throws(ConfigurationError) {
      _ = try parse(text)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "a file without keys means the defaults", arguments: ["", "\n\n", "# nothing\n", "---\n", "{}\n", "~\n"])
  func empty(text: String) throws {
    #expect(try Self.parse(text) == ListenerConfiguration())
  }

  @Test func theDefaultIsPort2222OfEveryAddress() {
    #expect(ListenerConfiguration().listen.map(\.description) == ["[::]:2222", "0.0.0.0:2222"])
  }

  @Test func eachKeySetsWhatItIsNamedForAndNothingElse() throws {
    let settings: [(String, (inout ListenerConfiguration) -> Void)] = [
      ("listen: 2200", { $0.listen = ListenAddress.everywhere(port: 2200) }),
      ("listen: 192.0.2.1:22", { $0.listen = [ListenAddress("192.0.2.1:22")].compactMap(\.self) }),
      (
        "listen: [\"[2001:db8::1]:2222\", 127.0.0.1:1]",
        {
          $0.listen = [ListenAddress("[2001:db8::1]:2222"), ListenAddress("127.0.0.1:1")].compactMap(\.self)
        }
      ),
      ("host-keys: /a", { $0.hostKeys = ["/a"] }),
      ("host-keys: [/a, /b]", { $0.hostKeys = ["/a", "/b"] }),
      ("broker: /b", { $0.broker = "/b" }),
      ("session: /s", { $0.session = "/s" }),
      ("run-as: other", { $0.runAs = "other" }),
      ("log: debug", { $0.log = "debug" }),
      ("limits: {authentication-time: 5s}", { $0.limits.authenticationTime = 5000 }),
      ("limits: {attempts: 2}", { $0.limits.attempts = 2 }),
      ("limits: {idle: 0}", { $0.limits.idle = 0 }),
      ("limits: {idle: 1h}", { $0.limits.idle = 3_600_000 }),
      (
        "limits: {startups: 1:50:9}",
        { ($0.limits.startups.begin, $0.limits.startups.rate, $0.limits.startups.full) = (1, 50, 9) }
      ),
      (
        "limits: {startups: 7}",
        { ($0.limits.startups.begin, $0.limits.startups.rate, $0.limits.startups.full) = (7, 100, 7) }
      ),
      ("limits: {connections: 9}", { $0.limits.connections = 9 }),
      ("limits: {connections-per-source: 9}", { $0.limits.connectionsPerSource = 9 }),
      (
        "limits: {source-networks: 24:48}",
        { ($0.limits.sourceNetworks.version4, $0.limits.sourceNetworks.version6) = (24, 48) }
      ),
      ("limits: {channels: 9}", { $0.limits.channels = 9 }),
      ("limits: {keepalive-interval: 500ms}", { $0.limits.keepaliveInterval = 500 }),
      ("limits: {keepalive-count: 9}", { $0.limits.keepaliveCount = 9 }),
      ("limits: {rekey-bytes: 2MiB}", { $0.limits.rekeyBytes = 2 << 20 }),
      ("limits: {rekey-time: 2m}", { $0.limits.rekeyTime = 120_000 }),
      ("limits: {input: 4096B}", { $0.limits.inputBytes = 4096 }),
      ("limits: {drain: 0}", { $0.limits.drain = 0 }),
      ("penalties: off", { $0.penalties.isOn = false }),
      ("penalties: {crash: 1s}", { $0.penalties.crash = 1000 }),
      ("penalties: {not-accepted: 1s}", { $0.penalties.notAccepted = 1000 }),
      ("penalties: {left-early: 0}", { $0.penalties.leftEarly = 0 }),
      ("penalties: {timed-out: 1s}", { $0.penalties.timedOut = 1000 }),
      ("penalties: {protocol-error: 3s}", { $0.penalties.protocolError = 3000 }),
      ("penalties: {threshold: 1s}", { $0.penalties.threshold = 1000 }),
      ("penalties: {maximum: 1m}", { $0.penalties.maximum = 60_000 }),
      ("penalties: {sources: 16}", { $0.penalties.sources = 16 }),
      (
        "penalties: {exempt: 10.0.0.0/8}",
        { $0.penalties.exempt = [try? Network("10.0.0.0/8")].compactMap(\.self) }
      ),
    ]
    for (text, set) in settings {
      var expected = ListenerConfiguration()
      set(&expected)
      #expect(try Self.parse(text + "\n") == expected, "\(text)")
    }
  }

  @Test(
    "a mistake is shown with its place and a hint",
    arguments: [
      ("lisen: 2222", 1, 1, "unknown key", "known are: listen, host-keys"),
      ("log: info\nlimits:\n  starts: 3\n", 3, 3, "unknown key", "known are: authentication-time"),
      ("penalties:\n  crashes: 3s\n", 2, 3, "unknown key", "known are: crash"),
      ("listen: example.org:22\n", 1, 9, "an address with a port, or a port is expected", "no names"),
      ("listen: [0]\n", 1, 10, "an address with a port, or a port is expected", "2222"),
      ("listen: [2222, 2222]\n", 1, 16, "[::]:2222 stands here twice", ""),
      ("listen: []\n", 1, 9, "a list of addresses is expected", "such as"),
      ("host-keys: [key]\n", 1, 13, "the path is not absolute", "begin it with /"),
      ("user: agents\n", 1, 1, "unknown key", "known are: listen"),
      ("limits: 3\n", 1, 9, "keys with values are expected", "such as"),
      ("limits: {idle: 5}\n", 1, 16, "a time of at most 24h is expected", "such as 20s"),
      ("limits: {idle: 25h}\n", 1, 16, "a time of at most 24h is expected", "such as 20s"),
      ("limits: {idle: 99999999999999999999h}\n", 1, 16, "a time of at most 24h is expected", "such as 20s"),
      ("limits: {authentication-time: 0}\n", 1, 31, "at least 1s is expected", ""),
      ("limits: {startups: 9:30:3}\n", 1, 20, "`begin:rate:full` is expected", "10:30:100"),
      ("limits: {source-networks: 33:64}\n", 1, 27, "two prefix lengths is expected", "32:64"),
      ("limits: {rekey-bytes: 1KiB}\n", 1, 23, "a size of at least 1048576 bytes is expected", "1GiB"),
      ("limits: {attempts: -1}\n", 1, 20, "a number from 1 to 100 is expected", ""),
      ("penalties: on\n", 1, 12, "unknown value", "`off`"),
      (
        "penalties: {exempt: [10.0.0.1/8]}\n", 1, 22, "the network has bits of a host set", "write 10.0.0.0/8"
      ),
      ("penalties: {maximum: 1s}\n", 1, 12, "the maximum is below the threshold", "kept out"),
      ("- 1\n", 1, 1, "keys with values are expected", "such as"),
      ("log: loud\n", 1, 6, "unknown value", "one of trace"),
    ])
  func mistake(text: String, line: Int, column: Int, message: String, hint: String) throws {
    let error = try #require(Self.error(text))
    #expect((error.line, error.column) == (line, column), "\(error)")
    #expect(error.message.contains(message), "\(error)")
    #expect(error.hint.contains(hint), "\(error)")
  }

  @Test func aKeyThatStandsTwiceIsAnError() {
    #expect(Self.error("log: info\nlog: debug\n") != nil)
    #expect(Self.error("limits: {idle: 1s, idle: 2s}\n") != nil)
  }

  @Test func aMistakeInTheYAMLIsShownWithItsPlace() throws {
    let error = try #require(Self.error("listen: [\n"))
    #expect(error.line == 2)
  }

  @Test func aFileThatIsNotThereIsAnErrorWithAHint() {
    let error = #expect(throws: ConfigurationError.self) {
      try ListenerConfiguration(file: "/nowhere/sshd.yaml")
    }
    #expect(error?.hint.contains("scripts/install") == true)
  }
}
