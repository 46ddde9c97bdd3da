// The system call filter's rules, one JSON object a line, for scripts/unused-calls: calls, action (allow, notify, or the
// number of the error), tests on arguments, the reason, and which features bring the rule along. With --session, those of
// keyhole-session; with --session-program, its compiled program as keyhole-session reads it.
// usage: filter-rules [--session | --session-program]
import Foundation
import Kernel
import SystemCallFilter

struct Rule: Encodable {
  struct Test: Encodable {
    var argument: UInt32
    /// nil: all bits count.
    var mask: UInt64?
    var value: UInt64
  }

  var calls: [String]
  var action: String
  var tests: [Test]
  var reason: String
  var features: [String] = []

  init(_ rule: CallRule) {
    calls = rule.calls
    action =
      switch rule.action {
      case .allow: "allow"
      case .notify: "notify"
      case .refuse(let code): "\(code)"
      case .kill: "kill"
      }
    tests = rule.tests.map {
      switch $0 {
      case .equals(let argument, let value): Test(argument: argument, value: value)
      case .masked(let argument, let mask, let value): Test(argument: argument, mask: mask, value: value)
      }
    }
    reason = rule.reason
  }
}

let encoder = JSONEncoder()
encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
switch CommandLine.arguments.dropFirst() {
case []:
  let features: [(String, FilterFeatures)] = [
    ("base", []), ("sockets", .localServices), ("netlink", .netlink), ("programs", .programs),
  ]
  var order: [Data] = []
  var rules: [Data: Rule] = [:]
  for (name, feature) in features {
    for rule in CallRules.rules(for: feature).map(Rule.init) {
      let key = try encoder.encode(rule)
      if rules[key] == nil { order.append(key) }
      rules[key, default: rule].features.append(name)
    }
  }
  for key in order {
    if let rule = rules[key] { print(String(decoding: try encoder.encode(rule), as: UTF8.self)) }
  }
case ["--session"]:
  for rule in SessionCallRules.rules {
    print(String(decoding: try encoder.encode(Rule(rule)), as: UTF8.self))
  }
case ["--session-program"]:
  let file = try FilterExport.sessionFile()
  try file.seek(to: 0)
  FileHandle.standardOutput.write(Data(try file.readAll(limit: 1 << 20)))
default:
  FileHandle.standardError.write(Data("usage: filter-rules [--session | --session-program]\n".utf8))
  exit(2)
}
