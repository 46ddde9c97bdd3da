import TestSupport
import Wire

/// A value of each message within the limits, from a seed.
protocol RandomMessage: WireMessage {
  static func random(using generator: inout SeededGenerator) -> Self
}

extension CallRequest: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> CallRequest {
    CallRequest(
      line: generator.flag() ? generator.bytes(upTo: 60) : nil, lineLength: UInt32(generator.below(9000)),
      connection: generator.bytes(upTo: 30), authentication: generator.bytes(upTo: 90),
      target: generator.flag() ? generator.bytes(upTo: 20) : nil)
  }
}

extension CallReply: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> CallReply {
    CallReply(
      status: UInt8(generator.below(256)), messages: generator.list(upTo: 4) { $0.text() })
  }
}

extension Confinement: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> Confinement {
    Confinement(
      user: .random(in: .min ... .max, using: &generator),
      group: .random(in: .min ... .max, using: &generator),
      keepsReadPrivilege: generator.flag(), keepsGroupPrivilege: generator.flag(),
      keepsRootPrivilege: generator.flag(),
      isolatesNetwork: generator.flag())
  }
}

extension CallPlan: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> CallPlan {
    CallPlan(
      limits: CallLimits(
        time: .random(in: .min ... .max, using: &generator),
        output: .random(in: .min ... .max, using: &generator)),
      steps: generator.list(upTo: 3) { generator in
        PlannedStep(
          condition: PlannedStep.Condition.allCases[generator.below(3)],
          stages: generator.list(upTo: 3) { stage(using: &$0) })
      }, publicTrees: generator.list(upTo: 3) { $0.bytes(upTo: 10) })
  }

  private static func stage(using generator: inout SeededGenerator) -> PlannedStage {
    let action: PlannedStage.Action =
      switch generator.below(3) {
      case 0: .run(program(using: &generator))
      case 1:
        .say(
          output: generator.bytes(upTo: 30), error: generator.bytes(upTo: 30),
          status: UInt8(generator.below(256)))
      default: .changeDirectory(to: generator.bytes(upTo: 30))
      }
    return PlannedStage(
      action: action,
      redirections: generator.list(upTo: 3) {
        PlannedStage.Redirection.allCases[$0.below(PlannedStage.Redirection.allCases.count)]
      })
  }

  private static func program(using generator: inout SeededGenerator) -> PlannedProgram {
    PlannedProgram(
      executable: generator.bytes(upTo: 20),
      arguments: generator.list(upTo: 4) {
        $0.flag() ? .literal($0.bytes(upTo: 10)) : .glob($0.bytes(upTo: 10))
      },
      environment: generator.list(upTo: 2) { $0.bytes(upTo: 10) },
      groups: generator.list(upTo: 3) { .random(in: .min ... .max, using: &$0) },
      sockets: generator.list(upTo: 2) { $0.bytes(upTo: 10) },
      readable: generator.list(upTo: 2) { $0.bytes(upTo: 10) },
      programs: generator.list(upTo: 2) { $0.bytes(upTo: 10) },
      scratch: .random(in: .min ... .max, using: &generator), filter: UInt8(generator.below(256)),
      memory: .random(in: .min ... .max, using: &generator),
      processes: .random(in: .min ... .max, using: &generator),
      maximumOperands: .random(in: .min ... .max, using: &generator),
      viewFilter: generator.flag() ? UInt8(generator.below(256)) : nil)
  }
}

extension CallEvent: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> CallEvent {
    switch generator.below(4) {
    case 0:
      return .started(Enforcement(landlock: UInt8(generator.below(256)), ownNamespaces: generator.flag()))
    case 1:
      return .refused(
        RefusedAccess(
          operation: RefusedAccess.Operation.allCases[generator.below(3)], path: generator.bytes(upTo: 40),
          reason: generator.text()))
    case 2:
      return .indexOutdated
    default:
      let causes: [CallEnd.Cause] = [
        .exited(UInt8(generator.below(256))), .signaled(UInt8(generator.below(256))), .timedOut, .outputLimit,
        .failed(generator.text()), .refused(generator.text()),
      ]
      return .ended(
        CallEnd(
          cause: causes[generator.below(causes.count)],
          bytesOut: .random(in: .min ... .max, using: &generator),
          refusals: .random(in: .min ... .max, using: &generator)))
    }
  }
}

let everyMessage: [any RandomMessage.Type] = [
  CallRequest.self, CallReply.self, Confinement.self, CallPlan.self, CallEvent.self, ControlRequest.self,
  ControlReply.self, PolicyFindings.self, SessionRequest.self, SessionReply.self, SessionSettings.self,
]
