import CommandGrammar
import DeniedFiles
import Kernel
import Policy
import SecretPaths
import SystemCallFilter
import Testing
import Wire

import struct Policy.SourceLocation

@testable import Broker

@Suite("From a judged line to a plan")
struct PlanBuilderTests {
  private static let place = SourceLocation(file: "test.yaml", line: 1, column: 1)

  /// A plan builder for a policy that knows one command with these needs.
  private static func builder(
    _ needs: Needs = Needs(), secrets: [SecretPaths.Entry] = [], view: PublicView? = nil
  ) throws -> PlanBuilder {
    let rule = CommandRule(name: "tool", executable: "/bin/tool", about: "", location: place, needs: needs)
    let policy = Policy(commands: [rule], secrets: SecretPaths(secrets))
    return PlanBuilder(force: try PolicyInForce(policy, view: view))
  }

  private static func execution(_ needs: Needs = Needs()) -> Execution {
    Execution(
      executable: "/bin/tool", arguments: [.literal("tool")], environment: ["A=1"], needs: needs,
      limits: Limits(time: 1, output: 2, memory: 3, processes: 4), maximumOperands: 5)
  }

  private static func line(
    _ actions: JudgedStage.Action..., redirections: [Redirection] = [], limits: Limits = Limits()
  ) -> JudgedLine {
    let stages = actions.map { JudgedStage(rule: "tool", action: $0, redirections: redirections) }
    return JudgedLine(steps: [JudgedStep(condition: .always, stages: stages)], limits: limits)
  }

  private static func program(_ needs: Needs = Needs()) throws -> PlannedProgram {
    let plan = try builder(needs).plan(for: line(.run(execution(needs))))
    guard case .run(let program)? = plan.steps.first?.stages.first?.action else { throw NoProgram() }
    return program
  }

  private struct NoProgram: Error {}

  @Test("a program keeps its arguments, globs and literal ones, in their order")
  func arguments() throws {
    var execution = Self.execution()
    let glob = Word(segments: [.literal("/var/log/a*"), .anyString])
    execution.arguments = [.literal("tool"), .literal("*"), .glob(glob), .literal("-é")]
    let plan = try Self.builder().plan(for: Self.line(.run(execution)))
    guard case .run(let program)? = plan.steps.first?.stages.first?.action else { throw NoProgram() }
    let expected: [PlannedProgram.Argument] = [
      .literal(Array("tool".utf8)), .literal(Array("*".utf8)), .glob(Array(#"/var/log/a\**"#.utf8)),
      .literal(Array("-é".utf8)),
    ]
    #expect(program.arguments == expected)
  }

  @Test("limits, environment and needs reach the program unchanged")
  func bounds() throws {
    var needs = Needs()
    needs.sockets = ["/run/s"]
    needs.read = ["/var/log/**"]
    needs.programs = ["/bin/grep"]
    needs.scratch = 77
    let program = try Self.program(needs)
    #expect(program.executable == Array("/bin/tool".utf8))
    #expect(program.environment == [Array("A=1".utf8)])
    #expect(program.sockets == [Array("/run/s".utf8)])
    #expect(program.readable == [Array("/var/log/**".utf8)])
    #expect(program.programs == [Array("/bin/grep".utf8)])
    #expect([program.scratch, program.memory] == [77, 3])
    #expect([program.processes, program.maximumOperands] == [4, 5])
  }

  /// A view that shows two trees, and not a third.
  private static func view() throws -> PublicView {
    PublicView(
      root: try .open("/", .path), namespace: try .open("/", .path),
      trees: [Array("/usr/bin".utf8), Array("/usr/share".utf8)], elsewhere: [Array("/usr/sbin".utf8)])
  }

  @Test("a stage that reads public trees only runs in the view, and any other does not")
  func publicTrees() throws {
    var execution = Self.execution()
    execution.publicTrees = try [PublicTree("/usr/bin"), PublicTree("/usr/share")]
    var elsewhere = execution
    elsewhere.arguments = [.literal("ls"), .literal("/usr/sbin/x")]
    let line = Self.line(.run(execution), .run(Self.execution()), .run(elsewhere))
    func filters(_ plan: CallPlan) -> [UInt8?] {
      plan.steps[0].stages.map { if case .run(let program) = $0.action { program.viewFilter } else { nil } }
    }
    let plan = try Self.builder(view: Self.view()).plan(for: line)
    #expect(filters(plan) == [FilterFeatures.publicView.rawValue, nil, nil])
    #expect(plan.publicTrees == [Array("/usr/bin".utf8), Array("/usr/share".utf8)])
    let without = try Self.builder().plan(for: line)
    #expect(filters(without) == [nil, nil, nil])
    #expect(without.publicTrees.isEmpty)
  }

  @Test("as many public trees as a policy can have fit a plan")
  func publicTreeLimits() {
    #expect(PublicTree.maximumCount == WireLimit.publicTrees)
    #expect(PublicTree.maximumLength == WireLimit.publicTree)
  }

  @Test("each need opens its part of the filter, and no other")
  func features() throws {
    var sockets = Needs()
    sockets.sockets = ["/run/s"]
    var netlink = Needs()
    netlink.netlink = [.route]
    var programs = Needs()
    programs.programs = ["/bin/grep"]
    var harmless = Needs()
    harmless.read = ["/var/log/**"]
    harmless.scratch = 1
    #expect(try Self.program().filter == 0)
    #expect(try Self.program(sockets).filter == FilterFeatures.localServices.rawValue)
    #expect(try Self.program(netlink).filter == FilterFeatures.netlink.rawValue)
    #expect(try Self.program(programs).filter == FilterFeatures.programs.rawValue)
    #expect(try Self.program(harmless).filter == 0)
    programs.sockets = ["/run/s"]
    programs.netlink = [.socketDiagnostics]
    #expect(try Self.program(programs).filter == 7)
  }

  @Test("groups become this host's numbers, and those that it lacks are left out")
  func groups() throws {
    var needs = Needs()
    needs.groups = ["no-such-group-here", "root"]
    #expect(try Self.program(needs).groups == [0])
  }

  @Test("conditions, redirections, texts and directories keep their meaning")
  func shape() throws {
    let redirections = Redirection.allCases
    let stage = JudgedStage(
      rule: "echo", action: .say(output: "é", error: "e", status: 3), redirections: redirections)
    let cd = JudgedStage(rule: "cd", action: .changeDirectory(to: "/tmp"), redirections: [])
    let line = JudgedLine(
      steps: [
        JudgedStep(condition: .always, stages: [stage]), JudgedStep(condition: .afterSuccess, stages: [cd]),
        JudgedStep(condition: .afterFailure, stages: [cd, stage]),
      ], limits: Limits(time: 7, output: 9))
    let plan = try Self.builder().plan(for: line)
    #expect(plan.limits == CallLimits(time: 7, output: 9))
    #expect(plan.steps.map(\.condition) == [.always, .afterSuccess, .afterFailure])
    #expect(plan.steps.map(\.stages.count) == [1, 1, 2])
    #expect(
      plan.steps[0].stages[0].action == .say(output: Array("é".utf8), error: Array("e".utf8), status: 3))
    #expect(plan.steps[1].stages[0].action == .changeDirectory(to: Array("/tmp".utf8)))
    let names = plan.steps[0].stages[0].redirections.map { "\($0)" }
    #expect(names == redirections.map { "\($0)" })
  }

  @Test("a policy in force has its whole denylist in a file, each entry with its reason and place")
  func denylist() throws {
    let entries = try ["/etc/shadow", "/root/**"].map {
      SecretPaths.Entry(pattern: try PathPattern($0), reason: "hashes", location: "secrets.yaml:2:3")
    }
    var file = try DeniedPathsFile(try Self.builder(secrets: entries).force.deniedPaths)
    for path in ["/etc/shadow", "/root/x/y"] {
      #expect(try file.denial(of: Array(path.utf8))?.reason == "secret: hashes (secrets.yaml:2:3)")
    }
    let other = try file.denial(of: Array("/etc/passwd".utf8))
    #expect(other == nil)
  }

  @Test("limits beyond what a plan can hold are the largest that it can")
  func clamping() throws {
    let line = Self.line(.run(Self.execution()), limits: Limits(time: .max, output: -1))
    #expect(try Self.builder().plan(for: line).limits == CallLimits(time: .max, output: 0))
  }
}

@Suite("From a plan to its confinement")
struct ConfinementTests {
  private static func confinement(_ needs: [Needs]) throws -> Confinement {
    let rules = needs.enumerated().map { index, needs in
      CommandRule(
        name: "tool\(index)", executable: "/bin/tool", about: "",
        location: SourceLocation(file: "test.yaml", line: 1, column: 1), needs: needs)
    }
    let builder = PlanBuilder(force: try PolicyInForce(Policy(commands: rules, secrets: SecretPaths([]))))
    let stages = needs.map { needs in
      let execution = Execution(
        executable: "/bin/tool", arguments: [], environment: [], needs: needs, limits: Limits(),
        maximumOperands: 1)
      return JudgedStage(rule: "tool", action: .run(execution), redirections: [])
    }
    let line = JudgedLine(steps: [JudgedStep(condition: .always, stages: stages)], limits: Limits())
    return builder.confinement(for: builder.plan(for: line), user: UserID(70_001), group: GroupID(70_002))
  }

  @Test("a call without needs keeps no privilege and has no network")
  func bare() throws {
    let expected = Confinement(
      user: 70_001, group: 70_002, keepsReadPrivilege: false, keepsGroupPrivilege: false,
      isolatesNetwork: true)
    #expect(try Self.confinement([Needs(), Needs()]) == expected)
    #expect(try Self.confinement([]) == expected)
  }

  @Test("one stage that needs something is enough, and gives nothing else")
  func needs() throws {
    var read = Needs()
    read.read = ["/var/log/**"]
    let reading = try Self.confinement([Needs(), read])
    #expect(reading.keepsReadPrivilege && !reading.keepsGroupPrivilege && reading.isolatesNetwork)
    var groups = Needs()
    groups.groups = ["root"]
    let grouped = try Self.confinement([groups, Needs()])
    #expect(!grouped.keepsReadPrivilege && grouped.keepsGroupPrivilege && grouped.isolatesNetwork)
    var netlink = Needs()
    netlink.netlink = [.route]
    let networked = try Self.confinement([Needs(), netlink])
    #expect(!networked.keepsReadPrivilege && !networked.keepsGroupPrivilege && !networked.isolatesNetwork)
  }

  @Test("a group that this host lacks is no reason to keep the privilege to join groups")
  func absentGroup() throws {
    var needs = Needs()
    needs.groups = ["no-such-group-here"]
    #expect(try !Self.confinement([needs]).keepsGroupPrivilege)
  }
}
