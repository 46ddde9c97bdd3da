// Measures what a record costs: writes COUNT records of a decision, one after the other, and prints the microseconds of
// each. scripts/bench audit runs it where the records disturb nobody.
import AuditTrail

let words = CommandLine.arguments
guard words.count == 3, let count = Int(words[2]), count > 0 else {
  preconditionFailure("usage: audit-benchmark STATE-FILE COUNT")
}

let trail = try AuditTrail(
  unit: AuditToken(literal: "audit-benchmark"), statePath: words[1], calls: 1, demands: AuditDemands())
try trail.begin(policy: nil)
let decision = Decision(
  call: CallID(), caller: Caller(agent: "bench", keyFingerprint: "SHA256:bench", address: nil),
  line: Array("journalctl -u nginx -n 50 | grep 'not found'".utf8), rules: ["journalctl", "grep"],
  policy: AuditToken(literal: "3f9c1a7be0d24456"))
let clock = ContinuousClock()
for _ in 0..<count {
  let time = try clock.measure { try trail.record(.refused(decision, reason: "measured")) }
  print(Double(time.components.seconds) * 1e6 + Double(time.components.attoseconds) / 1e12)
}
