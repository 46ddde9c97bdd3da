import Policy
import Testing

@Suite("Verbs")
struct VerbTests {
  let sample: Policy

  init() throws {
    let shared = [("-l, --full", "flag"), ("-n, --lines", "count 0..100")]
    let words = [("-br", "flag"), ("-n", "word /[a-z]+/")]
    sample = try policy(
      rule(
        "systemctl", .verbsGetopt, fixed: ["--no-pager"], hints: ["restart": "services are only looked at"],
        verbs: VerbTable(
          [
            verb("status", operands: ["unit*"], shared: shared),
            verb("list-units", options: [("--all, -a", "flag")], shared: shared),
            verb(
              "show", operands: ["unit*"], options: [("-p, --property", "word /[A-Za-z]+/, repeated")],
              shared: shared),
          ], standard: "list-units")),
      rule(
        "ip", .verbsWords,
        verbs: VerbTable([
          verb(
            "address", "addr", "a", operands: ["one of [show, list]?", "one of [dev]?", "interface?"],
            options: [("-s", "flag")], shared: words),
          verb("route", operands: ["one of [show, get]?", "address?"], shared: words),
        ])))
  }

  @Test(
    "come with their own options and operands",
    arguments: [
      ("systemctl", ["systemctl", "--no-pager", "list-units"]),
      ("systemctl -a", ["systemctl", "--no-pager", "-a", "list-units"]),
      ("systemctl status", ["systemctl", "--no-pager", "status"]),
      ("systemctl status nginx ssh -l", ["systemctl", "--no-pager", "-l", "status", "--", "nginx", "ssh"]),
      ("systemctl -n 5 status 'nginx*'", ["systemctl", "--no-pager", "-n", "5", "status", "--", "nginx*"]),
      (
        "systemctl show -p Id -pState nginx",
        ["systemctl", "--no-pager", "-p", "Id", "-p", "State", "show", "--", "nginx"]
      ),
      ("systemctl -p Id show", ["systemctl", "--no-pager", "-p", "Id", "show"]),
      ("systemctl -- status nginx", ["systemctl", "--no-pager", "status", "--", "nginx"]),
      ("ip a", ["ip", "a"]), ("ip -br addr show dev eth0", ["ip", "-br", "addr", "show", "dev", "eth0"]),
      ("ip addr eth0", ["ip", "addr", "eth0"]), ("ip -n ns address", ["ip", "-n", "ns", "address"]),
      ("ip -s a", ["ip", "-s", "a"]), ("ip a -s eth0", ["ip", "a", "-s", "eth0"]),
      ("ip route get 10.0.0.1", ["ip", "route", "get", "10.0.0.1"]),
    ])
  func canonical(line: String, expected: [String]) {
    #expect(arguments(sample, line) == expected)
  }

  @Test(
    "refuse other verbs, and options of other verbs",
    arguments: [
      "systemctl restart nginx", "systemctl status --all", "systemctl -p Id status", "systemctl list-units x",
      "systemctl STATUS",
      "systemctl --no-pager status", "systemctl stat*", "systemctl --property=Id", "systemctl status -- -x",
      "systemctl '' ",
      "systemctl status nginx\\;reboot", "systemctl start -n 5", "ip", "ip link", "ip a add 1.2.3.4",
      "ip -br", "ip a -br", "ip -s route",
      "ip -x a", "ip --br a", "ip -n a", "ip -n -br a", "ip a show show show", "ip route get 10.0.0.1 via",
      "ip -batch x", "ip ad",
    ])
  func adversarial(line: String) {
    #expect(arguments(sample, line) == nil)
  }

  @Test("give hints")
  func hints() {
    #expect(refusal(sample, "systemctl restart x")?.hint == "services are only looked at")
    #expect(refusal(sample, "systemctl restart x")?.reason == "systemctl: verb `restart` is not allowed")
    #expect(refusal(sample, "systemctl statsu")?.hint == "did you mean status?")
    #expect(
      refusal(sample, "systemctl status --all")?.reason
        == "systemctl: option `--all` is not allowed with this verb")
    #expect(refusal(sample, "ip")?.hint == "one of address, route")
  }
}
