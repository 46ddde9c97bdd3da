import CommandGrammar
import Policy
import PolicyFiles
import SecretPaths
import Testing

@Suite("A loaded policy")
struct LoadedPolicyTests {
  static let journal = """
    commands:
      journalctl:
        exec: /usr/bin/journalctl
        about: read the journal
        fixed: [--no-pager]
        environment: {SYSTEMD_PAGER: "", LC_ALL: C.UTF-8}
        options:
          -u, --unit: unit, repeated
          -n, --lines: count 0..5000
          -f, --follow: flag
          -b, --boot: optional word /-?[0-9]{1,6}|[0-9a-f]{32}/
          -NUM: count 0..10000
        required: [--unit]
        exclusive: [[-f, -b]]
        operands: none
        needs: {groups: [systemd-journal], sockets: [/run/x], read: [/var/log/journal/**], netlink: [route, sock-diag], programs: [/bin/gzip]}
        limits: {time: 1500ms, output: 8KiB, memory: 1GiB, processes: 2}
        hints: {"--vacuum-size, --rotate": "journals are only read here"}
        allow: ["journalctl -u nginx -n 50"]
        deny: ["journalctl --vacuum-size=1", "journalctl"]
      systemctl:
        exec: /usr/bin/systemctl
        about: show services
        arguments: verbs-getopt
        options: {-l: flag}
        verbs:
          status: {operands: ["unit*"]}
          list-units, list: {operands: none, options: {-a: flag}}
        default-verb: list-units
        maximum-operands: 2
        allow: [systemctl, systemctl status x -l, systemctl list -a]
        deny: [systemctl status -a, systemctl status a b c]
    public: [/usr/share]
    roles:
      observer: {about: sees all, commands: all}
      reader: {commands: [journalctl]}
    agents:
      claude: {keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIEsg9RPcTNTzU1sKzKPw1qzRGpWf6aRtAO6+ZHTgyYk me"], roles: [reader], suspended: true}
      both: {keys: [], roles: [reader, observer]}
      none: {keys: [], roles: []}
    """

  let policy: Policy

  init() throws {
    policy = try TemporaryPolicy(["a.yaml": Self.journal, "secrets.yaml": secretsFile]).load().policy
  }

  @Test("has what its files say")
  func contents() throws {
    let rule = try #require(policy.commands["journalctl"])
    #expect(rule.environment == ["LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_PAGER="])
    #expect(rule.limits == Limits(time: 1_500, output: 8_192, memory: 1 << 30, processes: 2))
    #expect(rule.needs.groups == ["systemd-journal"])
    #expect(rule.needs.sockets == ["/run/x"])
    #expect(rule.needs.read == ["/var/log/journal/**"])
    #expect(rule.needs.netlink == [.route, .socketDiagnostics])
    #expect(rule.needs.programs == ["/bin/gzip"])
    #expect(rule.hints["--rotate"] == "journals are only read here")
    #expect(policy.commands["systemctl"]?.maximumOperands == 2)
    #expect(policy.publicTrees.map(\.description) == ["/usr/share"])
  }

  @Test("joins the roles of an agent")
  func roles() {
    #expect(policy.agents["claude"]?.commands == .only(["journalctl"]))
    #expect(policy.agents["claude"]?.isSuspended == true)
    #expect(policy.agents["both"]?.commands == .all)
    #expect(policy.agents["none"]?.commands == .only([]))
    #expect(
      policy.agent(forKey: "AAAAC3NzaC1lZDI1NTE5AAAAIIEsg9RPcTNTzU1sKzKPw1qzRGpWf6aRtAO6+ZHTgyYk")?.name
        == "claude")
  }

  @Test("judges")
  func judging() {
    #expect(policy.judge(parsing: "systemctl status a b").exitStatus == 0)
    #expect(policy.judge(parsing: "journalctl --rotate").exitStatus == 126)
    #expect(policy.judge(parsing: "systemctl", agent: policy.agents["claude"]).exitStatus == 126)
    #expect(policy.judge(parsing: "nothing").exitStatus == 127)
  }
}
