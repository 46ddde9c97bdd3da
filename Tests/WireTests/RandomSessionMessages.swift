import TestSupport
import Wire

extension SessionKey {
  static func random(using generator: inout SeededGenerator) -> SessionKey {
    SessionKey(type: String(generator.text().prefix(8)), base64: generator.text())
  }
}

extension SessionRequest: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> SessionRequest {
    switch generator.below(6) {
    case 0: .hello(connection: generator.bytes(upTo: 40))
    case 1: .offered(.random(using: &generator))
    case 2: .proved(.random(using: &generator), user: generator.bytes(upTo: 20))
    case 3:
      .call(
        SessionCall(
          line: generator.flag() ? generator.bytes(upTo: 60) : nil, lineLength: generator.number(),
          target: generator.flag() ? generator.bytes(upTo: 20) : nil))
    case 4: .goodbye(SessionEnd.allCases[generator.below(SessionEnd.allCases.count)])
    default: .authority(.random(using: &generator))
    }
  }
}

extension SessionReply: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> SessionReply {
    switch generator.below(5) {
    case 0: .known(generator.flag())
    case 1: .admitted(SessionAdmission(agent: generator.text(), calls: generator.number()))
    case 2: .refused(reason: generator.text(), hint: generator.text())
    case 3: .principals(generator.list(upTo: 4) { $0.text() })
    default: .revoked(reason: generator.text())
    }
  }
}

extension SessionSettings: RandomMessage {
  static func random(using generator: inout SeededGenerator) -> SessionSettings {
    SessionSettings(
      hostKeys: generator.list(upTo: 3) { $0.bytes(upTo: 40) }, broker: generator.bytes(upTo: 20),
      user: generator.bytes(upTo: 20), authenticationTime: generator.number(),
      authenticationAttempts: generator.number(), idleTime: generator.number(), channels: generator.number(),
      keepaliveInterval: generator.number(), keepaliveCount: generator.number(),
      rekeyBytes: .random(in: .min ... .max, using: &generator), rekeyTime: generator.number(),
      inputBytes: .random(in: .min ... .max, using: &generator), drainTime: generator.number())
  }
}
