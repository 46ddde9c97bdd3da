import Testing

@testable import Administration

@Suite("What doctor says of the layers")
struct EnforcementReportTests {
  private static func facts(
    _ landlock: Int, release: String = "6.18.1", notification: Bool = true, scope: Int? = nil,
    without namespaces: Set<KernelFacts.Namespace> = []
  ) -> KernelFacts {
    KernelFacts(
      release: KernelFacts.Release(release), landlock: landlock, hasNotification: notification,
      namespaces: Set(KernelFacts.Namespace.allCases).subtracting(namespaces), tracingScope: scope)
  }

  /// What a kernel with this version of Landlock lacks.
  private static func lacking(_ landlock: Int) -> [String] {
    EnforcementReport(facts(landlock)).lines.flatMap(\.lacking)
  }

  private static let all: [(version: Int, layer: String)] = [
    (2, "Landlock forbids links across directories (Landlock 2, Linux 5.19)"),
    (3, "Landlock forbids truncation (Landlock 3, Linux 6.2)"),
    (5, "Landlock forbids ioctl on devices (Landlock 5, Linux 6.10)"),
    (4, "Landlock forbids bind and connect (Landlock 4, Linux 6.7)"),
    (6, "Landlock keeps them inside the call (Landlock 6, Linux 6.12)"),
    (6, "Landlock keeps them inside the call (Landlock 6, Linux 6.12)"),
  ]

  @Test(
    "each version of Landlock lacks exactly what later ones brought", arguments: [1, 2, 3, 4, 5, 6, 7, 8])
  func versions(landlock: Int) {
    #expect(Self.lacking(landlock) == Self.all.filter { $0.version > landlock }.map(\.layer))
  }

  @Test("whatever Landlock lacks, each promise is held by another layer", arguments: 1...7)
  func covered(landlock: Int) {
    let report = EnforcementReport(Self.facts(landlock))
    #expect(report.obstacles.isEmpty)
    for line in report.lines {
      #expect(line.held.contains { !$0.hasPrefix("Landlock") }, "\(line.promise)")
    }
  }

  @Test("on Debian 12, TCP and scopes are held by the filter and the namespaces")
  func debian() {
    let report = EnforcementReport(Self.facts(2, release: "6.1.0-41-amd64", scope: 0))
    func held(_ promise: String) -> [String] { report.lines.first { $0.promise == promise }?.held ?? [] }
    #expect(
      held("no TCP in particular") == [
        "the filter makes no internet sockets", "an empty network namespace",
      ])
    #expect(
      held("no abstract sockets") == [
        "the supervisor connects to listed paths only", "an empty network namespace, which has none",
      ])
    #expect(
      held("no signals to others") == [
        "a pid namespace of its own", "the filter refuses kill and its like", "a uid for each call",
      ])
    #expect(report.text.hasPrefix("what holds what here: Linux 6.1, Landlock 2\n"))
    #expect(
      report.text.contains(
        "not here: Landlock forbids truncation (Landlock 3, Linux 6.2); the others cover for it\n"))
    #expect(
      report.text.contains("no network                 the filter makes no internet sockets\n"))
    #expect(report.text.contains("                           and an empty network namespace\n"))
    #expect(report.text.contains("waking on one CPU needs Linux 6.6"))
  }

  @Test("on a new kernel nothing is lacking")
  func new() {
    let text = EnforcementReport(Self.facts(7)).text
    #expect(!text.contains("not here") && !text.contains("no call runs"))
    #expect(text.contains("supervisor and command are woken on one CPU"))
  }

  @Test(
    "where a layer is missing that no other covers for, no call runs",
    arguments: [
      (facts(0), "there is no Landlock, and nothing covers for it"),
      (facts(7, notification: false), "seccomp cannot hand calls to a supervisor"),
      (facts(1, release: "5.13.0"), "descriptors cannot be handed over in one step before Linux 5.14"),
      (facts(7, without: [.pid, .net]), "no namespaces of kind pid, net"),
      (
        facts(7, scope: 2),
        "the supervisor cannot read what a command asks for: yama's ptrace_scope forbids it"
      ),
      (
        facts(7, scope: 3),
        "the supervisor cannot read what a command asks for: yama's ptrace_scope forbids it"
      ),
    ])
  func obstacle(facts: KernelFacts, expected: String) {
    let report = EnforcementReport(facts)
    #expect(report.obstacles == [expected])
    #expect(report.text.split(separator: "\n").dropFirst() == ["  no call runs: \(expected)"])
  }

  @Test("descendants may be read under Yama's scopes 0 and 1, and without Yama", arguments: [nil, 0, 1])
  func scopes(scope: Int?) {
    #expect(EnforcementReport(Self.facts(7, scope: scope)).obstacles.isEmpty)
  }

  @Test(
    "a kernel's release is its first two numbers",
    arguments: [
      ("6.1.0-41-amd64\n", "6.1"), ("5.14", "5.14"), ("6.18-rc1", "6.18"), ("6", nil), ("x.y", nil),
      ("", nil),
    ] as [(String, String?)])
  func release(text: String, expected: String?) {
    #expect(KernelFacts.Release(text)?.description == expected)
  }

  @Test("releases are compared as numbers")
  func order() throws {
    let old = try #require(KernelFacts.Release("6.6"))
    let new = try #require(KernelFacts.Release("6.18"))
    #expect(old < new)
  }

  @Test("the facts of this host can be read")
  func here() {
    let facts = KernelFacts.here
    #expect(facts.release != nil)
    #expect(facts.namespaces.contains(.mnt))
  }
}
