internal import CommandGrammar
internal import Policy
internal import SecretPaths

/// One stage of an explained line.
struct ExplainedStage {
  /// How a stage hangs together with what stands before it.
  enum Joint: Equatable {
    case first, pipe
    case step(Step.Condition)

    var sign: String {
      switch self {
      case .first: ""
      case .pipe: "| "
      case .step(.always): "; "
      case .step(.afterSuccess): "&& "
      case .step(.afterFailure): "|| "
      }
    }
  }

  /// From 1.
  let number: Int
  let joint: Joint
  let stage: Stage
  /// Nil when the line is refused.
  let judged: JudgedStage?
  /// Nil for built-ins, and when the line is refused.
  let rule: CommandRule?
  /// Whether the line is refused because of it.
  let isRefused: Bool

  private var execution: Execution? {
    guard case .run(let execution) = judged?.action else { return nil }
    return execution
  }

  private var bindings: [WordBinding] {
    guard let rule, let execution else { return [] }
    return rule.bindings(of: execution)
  }

  var text: String {
    let heading = "\(number)  \(joint.sign)\(stage)\n"
    guard let judged else { return heading + (isRefused ? "   refused here\n" : "") }
    guard let execution, let rule else {
      guard case .changeDirectory(let path) = judged.action else {
        return "\n" + heading + "   built in: \(judged.rule)\n"
      }
      return "\n" + heading + "   built in: changes to \(Word(path)) for the rest of the line\n"
    }
    var text = "\n" + heading + "   rule: \(rule.name) at \(rule.location): \(rule.about)\n"
    let bindings = bindings
    let width = min(40, bindings.map(\.text.count).max() ?? 0)
    for binding in bindings where binding.meaning != .name {
      let gap = String(repeating: " ", count: max(0, width - binding.text.count))
      text += "   \(binding.text)\(gap)  \(binding.note)\n"
    }
    text += "   runs: " + execution.arguments.map(\.canonicalText).joined(separator: " ") + "\n"
    for bound in execution.bounds { text += "   bound: \(bound)\n" }
    text += "   executable: \(execution.executable)\n"
    text += "   environment: \(execution.environment.joined(separator: " "))\n"
    let needs = execution.needs.description
    if !needs.isEmpty { text += "   needs: \(needs)\n" }
    if execution.needs.scratch > 0 { text += "   scratch: \(Limits.bytes(execution.needs.scratch))\n" }
    if !execution.publicTrees.isEmpty { text += "   reads only public trees: opens need no check\n" }
    if execution.arguments.contains(where: \.isGlob) {
      text += "   wildcards: expanded in the sandbox, to at most \(execution.maximumOperands) operands\n"
    }
    return text + "   limits: \(execution.limits)\n"
  }

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init(name: "joint", value: .text(joint.sign.isEmpty ? "" : String(joint.sign.dropLast()))),
      .init(name: "text", value: .text(stage.description)),
      .init(name: "refused", value: .bool(isRefused)),
      .init(name: "rule", value: .optional(judged?.rule)),
      .init(name: "place", value: .optional(rule?.location.description)),
      .init(name: "builtin", value: .bool(judged != nil && execution == nil)),
    ]
    if let execution {
      members += [
        .init(name: "executable", value: .text(execution.executable)),
        .init(name: "argv", value: .texts(execution.arguments.map(\.plainText))),
        .init(
          name: "wildcards",
          value: .list(
            execution.arguments.indices.filter { execution.arguments[$0].isGlob }.map { .number($0) })),
        .init(name: "words", value: .list(bindings.map(\.json))),
        .init(name: "environment", value: .texts(execution.environment)),
        .init(name: "needs", value: execution.needs.json),
        .init(name: "public", value: .bool(!execution.publicTrees.isEmpty)),
        .init(name: "maximum-operands", value: .number(execution.maximumOperands)),
        .init(name: "limits", value: execution.limits.json),
      ]
    }
    return .object(members)
  }
}

extension Execution.Argument {
  var isGlob: Bool {
    if case .glob = self { true } else { false }
  }

  /// The argument itself; of a glob, the word as it was written.
  var plainText: String {
    switch self {
    case .literal(let text): text
    case .glob(let word): word.written
    }
  }
}

extension WordBinding {
  var json: JSONValue {
    var type = JSONValue.null
    let kind: String
    switch meaning {
    case .name: kind = "name"
    case .fixed: kind = "fixed"
    case .option(let rule):
      kind = "option"
      type = .text(rule.description)
    case .verb: kind = "verb"
    case .sign: kind = "sign"
    case .operand(let found):
      kind = "operand"
      type = .text(found.description)
    case .other: kind = "other"
    }
    return ["text": .text(text), "meaning": .text(kind), "type": type]
  }
}

extension WordBinding {
  /// The meaning in a few words.
  var note: String {
    switch meaning {
    case .name: "name"
    case .fixed: "always added"
    case .option(let rule): "option \(rule)"
    case .verb: "verb"
    case .sign: text == "--" ? "ends the options" : "operator"
    case .operand(let type): "operand: \(type)"
    case .other: "as written"
    }
  }
}

extension Needs {
  var json: JSONValue {
    [
      "groups": .texts(groups), "sockets": .texts(sockets), "read": .texts(read),
      "netlink": .texts(netlink.map(\.rawValue)), "scratch": .number(scratch), "programs": .texts(programs),
    ]
  }
}

extension Limits {
  var json: JSONValue {
    [
      "time-ms": .number(time), "output": .number(output), "memory": .number(memory),
      "processes": .number(processes),
    ]
  }

  /// `64MiB`.
  static func bytes(_ count: Int) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    where count >= 1 << shift && count % (1 << shift) == 0 {
      return "\(count >> shift)\(unit)"
    }
    return "\(count)B"
  }
}
