import CommandGrammar
import Policy
import PolicyFiles
import TestSupport
import Testing

@testable import Administration

@Suite("What is learned from refused lines")
struct LearningRunTests {
  private func run(_ lines: [String], _ policy: Policy, cases: [PolicyCase] = []) -> LearningRun {
    LearningRun(
      policy: policy,
      calls: lines.map { LearningRun.Call(agent: "a", text: $0, times: .init(count: 1, first: 0, last: 0)) },
      cases: cases
    ) {
      HostProgram(
        path: "/usr/bin/\($0)", resolved: "/usr/bin/\($0)", objection: $0 == "odd" ? "it is odd" : nil)
    }
  }

  @Test func aProposalAllowsItsLines() throws {
    let run = run(["show -b", "show -b --long=5 x"], try PolicySamples.policy())
    #expect(run.outcomes == [.proposed, .proposed])
    #expect(
      run.policy.commands["show"]?.usage.options.rules.map(\.description) == [
        "-b: flag", "--long: count 5..5",
      ])
    #expect(run.original.commands["show"]?.usage.options.rules.isEmpty == true)
  }

  @Test func whatADenyExampleRefusesIsNotProposed() throws {
    let run = run(["show -x"], try PolicySamples.policy())
    #expect(run.proposals.isEmpty)
    #expect(run.outcomes == [.notProposed("it would allow `show -x`, which p.yaml:1:1 refuses")])
  }

  @Test func aChangeThatOnlyALineThatStaysRefusedWantedIsUndone() throws {
    let run = run(["show -b /etc/shadow", "show -b -x", "show -c"], try PolicySamples.policy())
    #expect(run.proposals.map(\.subject) == [.option("show", verb: nil, names: ["-c"])])
    #expect(run.policy.commands["show"]?.usage.options.names == ["-c"])
    #expect(run.outcomes[2] == .proposed)
  }

  @Test func anObjectionToAProgramIsTheReason() throws {
    #expect(run(["odd"], try PolicySamples.policy()).outcomes == [.notProposed("odd: it is odd")])
  }

  /// Whatever is asked for, what the policy refuses by example, by secrets or by its lists stays refused.
  @Test func noSetOfLinesOpensWhatMustStayShut() throws {
    let policy = try PolicySamples.policy()
    var generator = SeededGenerator(seed: 5)
    let words = [
      "show", "-x", "-b", "--c=1", "a", "/etc/shadow", "-", "--", "*", "'x y'", "-xb", "--x", "|", "tool",
      "-n5", "sh", "5", "--exec=a",
    ]
    for _ in 0..<150 {
      let lines = (0..<6).map { _ in
        (0..<Int.random(in: 1...6, using: &generator)).map { _ in words.randomElement(using: &generator) ?? ""
        }
        .joined(separator: " ")
      }
      let run = run(lines, policy)
      for line in [
        "show -x", "show -bx", "show /etc/shadow", "tool /etc/shadow", "sh", "sh -c x", "show --exec=a",
      ] {
        if case .allowed = run.policy.verdict(on: line, for: .everyone, assumingInstalled: true),
          line != "tool /etc/shadow"
        {
          // A bundle is several options, of which `-x` is never one.
          Issue.record("\(line) is allowed after \(lines)")
        }
      }
      for (line, outcome) in zip(lines, run.outcomes) {
        let allowed = run.policy.verdict(on: line, for: .everyone, assumingInstalled: true).exitStatus == 0
        #expect(allowed == (outcome == .proposed || outcome == .allowedNow), "\(line): \(outcome)")
      }
    }
  }
}

@Suite("What two policies differ in")
struct PolicyComparisonTests {
  @Test func anUnchangedPolicyHasNoDifference() throws {
    let policy = try PolicySamples.policy()
    #expect(PolicyComparison(policy, policy).differences.isEmpty)
    #expect(LineComparison(policy, policy, more: ["show a", "show -b"]).lines.isEmpty)
  }

  @Test func theOrderOfOptionsMeansNothing() throws {
    let (first, second) = (
      OptionRule(names: ["-a"], value: .flag), OptionRule(names: ["-b"], value: .required(.path))
    )
    let old = try PolicySamples.policy([PolicySamples.show(options: [first, second])])
    let new = try PolicySamples.policy([PolicySamples.show(options: [second, first])])
    #expect(PolicyComparison(old, new).differences.isEmpty)
  }

  @Test func aRemovedSecretComesFirst() throws {
    let old = try PolicySamples.policy([PolicySamples.show()], secrets: ["/a", "/b"])
    let new = try PolicySamples.policy(
      [PolicySamples.show(options: [OptionRule(names: ["-a"], value: .flag)])], secrets: ["/b", "/c"])
    #expect(PolicyComparison(old, new).differences.map(\.effect) == [.exposes, .opens, .closes])
  }
}

@Suite("Where a refusal is")
struct RefusalPlaceTests {
  @Test(arguments: [
    ("show -z", 5), ("show a | show -z", 14), ("show a; nothing", 8), ("show a b /etc/shadow", 9),
    ("show -abz", 5), ("show --long=5", 5),
    ("cd /etc; show shadow", 14),
  ])
  func theWordIsFound(_ line: String, _ offset: Int) throws {
    let policy = try PolicySamples.policy([
      PolicySamples.show(options: [
        OptionRule(names: ["-a"], value: .flag), OptionRule(names: ["-b"], value: .flag),
      ])
    ])
    let explanation = LineExplanation(Array(line.utf8), policy: policy, asker: .everyone)
    #expect(explanation.place?.offset == offset)
  }

  @Test func everyRefusalOfARandomLineHasAPlaceInIt() throws {
    let policy = try PolicySamples.policy()
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<3_000 {
      let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        Array("show -x|;&'\"$* /etc\u{1B}ü\\a".utf8).randomElement(using: &generator) ?? 0x20
      }
      let explanation = LineExplanation(bytes, policy: policy, asker: .everyone)
      if case .refused = explanation.verdict {
        #expect(
          (0...bytes.count).contains(explanation.place?.offset ?? -1),
          "\(String(decoding: bytes, as: UTF8.self))")
      }
      #expect(!explanation.json.description.isEmpty && !explanation.text.isEmpty)
    }
  }
}
