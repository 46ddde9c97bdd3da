import BrokerSettings
import Glibc
import Kernel
import TestSupport
import Testing

@testable import Administration

@Suite("What doctor finds")
struct HostCheckTests {
  private let place: TemporaryDirectory
  private var directory: String { place.path }

  init() throws { place = try TemporaryDirectory() }

  private func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws -> String {
    let bytes = Array("\(directory)/\(name)".utf8)
    let path = try #require(FilePath(bytes))
    try FileDescriptor.open(path, [.writeOnly, .create], mode: 0o600).writeAll(Array(text.utf8))
    try FileChanges.set(owner: .effective, group: GroupID(getegid()), mode: mode, of: path)
    return "\(directory)/\(name)"
  }

  @Test("an account must exist, must not be root, and must be in no group that makes it powerful")
  func accounts() throws {
    let users = try write(
      "passwd", "root:x:0:0::/:/bin/sh\nplain:x:900:900::/:/bin/sh\nstrong:x:901:901::/:/bin/sh\n")
    let groups = try write("group", "root:x:0:\nplain:x:900:\nstrong:x:901:\nshadow:x:42:strong\n")
    func state(_ name: String) -> Finding.State {
      AccountCheck(account: name, passwordFile: users, groupFile: groups).examine().state
    }
    #expect(state("plain") == .ok)
    #expect(state("nobody-here") == .missing)
    #expect(state("root") == .missing)
    #expect(state("strong") == .missing)
  }

  @Test func theServersAccountMustBeInTheGroupOfTheSockets() throws {
    let users = try write("passwd", "in:x:900:900::/:/bin/sh\nout:x:901:901::/:/bin/sh\n")
    let groups = try write("group", "in:x:900:\nout:x:901:\ndiag:x:42:in\n")
    func finding(_ name: String) -> Finding {
      AccountCheck(account: name, belongsTo: "diag", passwordFile: users, groupFile: groups).examine()
    }
    #expect(finding("in").state == .ok)
    #expect(finding("out").state == .missing)
    #expect(finding("out").remedy == "gpasswd -a out diag")
  }

  @Test func aHostKeyIsItsUsersAndClosedToOthers() throws {
    let users = try write("passwd", "me:x:\(geteuid()):1::/:/bin/sh\nother:x:4242:1::/:/bin/sh\n")
    func state(_ path: String, _ account: String) -> Finding.State {
      HostKeyCheck(path: path, account: account, passwordFile: users).examine().state
    }
    let key = try write("key", "secret", mode: 0o600)
    #expect(state(key, "me") == .ok)
    #expect(state(key, "other") == .missing)
    #expect(state(key, "nobody-here") == .missing)
    #expect(state(try write("open", "secret", mode: 0o640), "me") == .missing)
    #expect(state("\(directory)/absent", "me") == .warning)
  }

  @Test func theServersSettingsAndTheBrokersMustNameOneSocket() throws {
    let file = try write("sshd.yaml", "broker: /run/a.sock\n")
    func finding(_ broker: String) throws -> Finding {
      let checks = EmbeddedServerChecks.all(configurationFile: file, broker: broker)
      return try #require(checks.first { $0.name == "sshd.yaml" }).examine()
    }
    #expect(try finding("/run/a.sock").state == .ok)
    #expect(try finding("/run/b.sock").state == .missing)
    #expect(EmbeddedServerChecks.all(configurationFile: "\(directory)/absent", broker: "").isEmpty)
  }

  @Test("a program that others may change is as good as none")
  func programs() throws {
    let path = try write("program", "", mode: 0o777)
    #expect(ProgramCheck(path: path).examine().state == .missing)
    #expect(ProgramCheck(path: "\(directory)/absent").examine().state == .missing)
    #expect(ProgramCheck(path: "/usr/bin/env").examine() == .ok("/usr/bin/env"))
  }

  @Test(
    "sshd's file must force keyhole-shell and expose the key",
    .enabled(if: geteuid() == 0, "only root's files are trusted"))
  func serverConfiguration() throws {
    let good = "Match User diag\n    ForceCommand /usr/lib/keyhole/keyhole-shell\n  ExposeAuthInfo   yes\n"
    #expect(ServerConfigurationCheck(file: try write("good", good)).examine().state == .ok)
    let lax = good.replacing("ExposeAuthInfo   yes", with: "ExposeAuthInfo no")
    #expect(ServerConfigurationCheck(file: try write("lax", lax)).examine().state == .missing)
    #expect(ServerConfigurationCheck(file: try write("open", good, mode: 0o666)).examine().state == .missing)
  }

  @Test("a configuration that cannot be read is named with its place, and the rest is still looked at")
  func configuration() throws {
    let file = try write("broker.yaml", "calls: many\n")
    let report = HostReport(checks: HostReport.checks(configurationFile: file))
    let finding = try #require(report.findings.first { $0.name == "broker.yaml" }?.finding)
    #expect(finding.state == .missing && finding.detail.contains("broker.yaml:1:8"))
    #expect(report.findings.count > 8 && !report.isComplete)
  }

  @Test("Yama must let the supervisor read its descendants, and the way back depends on the scope")
  func tracingScope() throws {
    func finding(_ text: String) throws -> Finding {
      TracingScopeCheck(file: try write("scope\(text.first ?? "x")", text)).examine()
    }
    #expect(try finding("0\n") == .ok("0"))
    #expect(try finding("1\n") == .ok("1"))
    #expect(try finding("2\n").state == .missing)
    #expect(try finding("2\n").remedy.hasPrefix("sysctl kernel.yama.ptrace_scope=1"))
    #expect(try finding("3\n").remedy.contains("next boot"))
    #expect(TracingScopeCheck(file: "\(directory)/absent").examine() == .ok("Yama is not in use"))
  }

  @Test("audit that is switched off by configuration is a warning, never silent")
  func auditOff() {
    let finding = AuditCheck(demand: .off).examine()
    #expect(finding.state == .warning && finding.detail.contains("without a record"))
  }

  @Test("each finding but a good one says what to do about it")
  func remedies() {
    let report = HostReport(checks: HostReport.checks(configurationFile: "\(directory)/absent.yaml"))
    for (name, finding) in report.findings where finding.state != .ok {
      #expect(!finding.remedy.isEmpty, "\(name)")
    }
  }
}
