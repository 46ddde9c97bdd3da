import SettingsFile
import Testing

@testable import BrokerSettings

@Suite("broker.yaml")
struct BrokerConfigurationTests {
  private static func parse(_ text: String) throws(ConfigurationError) -> BrokerConfiguration {
    try BrokerConfiguration(parsing: text, file: "broker.yaml")
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
    #expect(try Self.parse(text) == BrokerConfiguration())
  }

  @Test("unless the file says otherwise, nothing runs unrecorded, and only diag may connect")
  func defaults() {
    let configuration = BrokerConfiguration()
    #expect(configuration.audit == .required)
    #expect(configuration.peers == ["diag"])
    #expect(configuration.group == "diag-exec")
  }

  @Test("each key sets what it is named for, and nothing else")
  func keys() throws {
    let settings: [(String, (inout BrokerConfiguration) -> Void)] = [
      ("policy: /p", { $0.policy = "/p" }),
      ("socket: /s", { $0.socket = "/s" }),
      ("control: /c", { $0.control = "/c" }),
      ("sessions: /n", { $0.sessions = "/n" }),
      ("exec: /e", { $0.executor = "/e" }),
      ("peers: [a, 1000]", { $0.peers = ["a", "1000"] }),
      ("audit: off", { $0.audit = .off }),
      ("audit: \"off\"", { $0.audit = .off }),
      ("audit: required", { $0.audit = .required }),
      ("audit: {}", { $0.audit = .required }),
      ("audit: {daemon: any, confirm: false}", { $0.audit = .required }),
      (
        "audit: {daemon: required, daemon-config: /d}",
        { configuration in
          var settings = AuditSettings()
          settings.demandsDaemon = true
          settings.daemonConfiguration = "/d"
          configuration.audit = .recorded(settings)
        }
      ),
      (
        "audit: {confirm: true}",
        { configuration in
          var settings = AuditSettings()
          settings.confirms = true
          configuration.audit = .recorded(settings)
        }
      ),
      ("audit-state: /a", { $0.auditState = "/a" }),
      ("calls: 1", { $0.calls = 1 }),
      ("calls: 4096", { $0.calls = 4096 }),
      ("first-uid: 4294900000", { $0.firstUser = 4_294_900_000 }),
      ("group: g", { $0.group = "g" }),
      ("log: debug", { $0.log = "debug" }),
    ]
    for (text, set) in settings {
      var expected = BrokerConfiguration()
      set(&expected)
      #expect(try Self.parse(text + "\n") == expected, "\(text)")
    }
  }

  @Test(
    "the control socket is beside the fronts' unless it is set",
    arguments: [
      ("", "/run/keyhole/control"), ("socket: /run/x/b.sock\n", "/run/x/control"),
      ("socket: /b.sock\n", "/control"), ("socket: /run/x/b.sock\ncontrol: /run/y\n", "/run/y"),
    ])
  func controlSocket(text: String, expected: String) throws {
    #expect(try Self.parse(text).controlSocket == expected)
  }

  @Test(
    "the sessions' socket is beside the calls' unless it is set",
    arguments: [
      ("", "/run/keyhole/sessions.sock"), ("socket: /run/x/b.sock\n", "/run/x/sessions.sock"),
      ("socket: /run/x/b.sock\nsessions: /run/y\n", "/run/y"),
    ])
  func sessionSocket(text: String, expected: String) throws {
    #expect(try Self.parse(text).sessionSocket == expected)
  }

  @Test("several keys are read together")
  func severalKeys() throws {
    let configuration = try Self.parse("policy: /p\ncalls: 7 # few\npeers:\n  - x\n  - y\n")
    #expect(configuration.policy == "/p" && configuration.calls == 7 && configuration.peers == ["x", "y"])
  }

  @Test("an unknown key is an error at its place, and the known ones are named")
  func unknownKey() throws {
    let error = try #require(Self.error("policy: /p\n\n  \naudits: off\n"))
    #expect("\(error)".hasPrefix("broker.yaml:4:1: unknown key\nhint: known are: policy, socket"))
  }

  @Test(
    "a bad value is an error at the value's place",
    arguments: [
      ("policy: p", "1:9: the path is not absolute"),
      ("socket: []", "1:9: one value is expected"),
      ("exec: ''", "1:7: one value is expected"),
      ("peers: diag", "1:8: a list of user names is expected"),
      ("peers: []", "1:8: a list of user names is expected"),
      ("peers: [a, [b]]", "1:12: one value is expected"),
      ("audit: false", "1:8: unknown value"),
      ("audit: OFF", "1:8: unknown value"),
      ("audit:", "1:7: "),
      ("calls: 0", "1:8: a number from 1 to 4096 is expected"),
      ("calls: 4097", "1:8: a number from 1 to 4096 is expected"),
      ("calls: many", "1:8: a number"),
      ("first-uid: 0", "1:12: a number from 1000"),
      ("first-uid: 999", "1:12: a number from 1000"),
      ("first-uid: 99999999999999999999", "1:12: a number from 1000"),
      ("log: loud", "1:6: unknown value"),
      ("- policy", "1:1: keys with values are expected"),
      ("policy", "1:1: keys with values are expected"),
    ])
  func badValue(text: String, expected: String) throws {
    let error = try #require(Self.error(text + "\n"))
    #expect("\(error)".hasPrefix("broker.yaml:\(expected)"), "\(error)")
  }

  @Test(
    "what is no YAML is an error with its line", arguments: ["policy: [", "policy: \"a", "a: b: c", "\t- x"])
  func noYAML(text: String) throws {
    let error = try #require(Self.error("# first line\n" + text + "\n"))
    #expect(error.line >= 2)
    #expect(!error.message.isEmpty)
  }

  @Test("a key that stands twice is an error: nobody could tell which one holds")
  func repeatedKey() {
    #expect(Self.error("audit: required\naudit: off\n") != nil)
  }

  @Test("a file that cannot be read is an error that says who writes it")
  func absentFile() throws {
    do throws(ConfigurationError) {
      _ = try BrokerConfiguration(file: "/tmp/keyhole-test-absent/broker.yaml")
      Issue.record("it was read")
    } catch {
      #expect(error.line == 0)
      #expect("\(error)".hasPrefix("/tmp/keyhole-test-absent/broker.yaml: cannot be read: "))
      #expect(error.hint.contains("scripts/install"))
    }
  }

  @Test("the configuration that ships is understood")
  func shipped() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    _ = try BrokerConfiguration(file: "/\(root)/packaging/broker.yaml")
  }
}
