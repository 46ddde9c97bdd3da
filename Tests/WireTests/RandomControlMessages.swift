import TestSupport
import Wire

extension ControlRequest: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> ControlRequest {
    generator.flag() ? .reload : .status
  }
}

extension PartChange {
  static func random(using generator: inout SeededGenerator) -> PartChange {
    PartChange(
      before: generator.number(), after: generator.number(), added: generator.number(),
      removed: generator.number(), changed: generator.number())
  }
}

extension SeededGenerator {
  mutating func number() -> UInt32 { .random(in: .min ... .max, using: &self) }
}

extension ControlReply: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> ControlReply {
    switch generator.below(4) {
    case 0:
      return .reloaded(
        PolicyExchange(
          before: generator.text(), after: generator.text(), commands: .random(using: &generator),
          secrets: .random(using: &generator), publicTrees: .random(using: &generator),
          roles: .random(using: &generator), agents: .random(using: &generator), isRecorded: generator.flag(),
          warnings: generator.number()))
    case 1:
      return .kept(
        KeptPolicy(
          digest: generator.text(), reason: generator.text(), isRecorded: generator.flag(),
          findings: generator.number()))
    case 2:
      return .status(
        BrokerStatus(
          policyDirectory: generator.bytes(upTo: 30), digest: generator.text(), commands: generator.number(),
          secrets: generator.number(), publicTrees: generator.number(), roles: generator.number(),
          agents: generator.number(), loadedAt: UInt64(generator.number()),
          startedAt: .random(in: .min ... .max, using: &generator), runningCalls: generator.number(),
          mostCalls: generator.number(), recordsCalls: generator.flag(), sessions: generator.number()))
    default: return .failed(reason: generator.text(), hint: generator.text())
    }
  }
}

extension PolicyFindings: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> PolicyFindings {
    var findings = PolicyFindings()
    for _ in 0..<generator.below(4) { findings.add(.random(using: &generator)) }
    return findings
  }
}

extension PolicyFinding {
  static func random(using generator: inout SeededGenerator) -> PolicyFinding {
    PolicyFinding(
      severity: generator.flag() ? .error : .warning, file: generator.bytes(upTo: 20),
      line: generator.number(), column: generator.number(), message: generator.text(), hint: generator.text(),
      shown: generator.bytes(upTo: 60))
  }
}
