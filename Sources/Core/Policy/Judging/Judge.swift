public import CommandGrammar
internal import SecretPaths

extension Policy {
  /// Judges a line for an agent; nil stands for someone to whom every command is allowed.
  ///
  /// Whether the agent is suspended is not looked at: the broker refuses such calls before there is a line.
  public func judge(_ line: CommandLine, agent: Agent? = nil) -> Verdict {
    judge(line, agent: agent, assumingInstalled: false)
  }

  /// Parses `text` and judges it; a line that does not parse is refused with kind `syntax`.
  public func judge(parsing text: String, agent: Agent? = nil) -> Verdict {
    judge(parsing: text, agent: agent, assumingInstalled: false)
  }

  /// With `assumingInstalled` a missing executable refuses nothing: the policy's own examples hold on every host.
  package func judge(parsing text: String, agent: Agent?, assumingInstalled: Bool) -> Verdict {
    do throws(SyntaxError) {
      return judge(try CommandLine(parsing: text.utf8), agent: agent, assumingInstalled: assumingInstalled)
    } catch {
      return .refused(Refusal(error))
    }
  }

  package func judge(_ line: CommandLine, agent: Agent?, assumingInstalled: Bool) -> Verdict {
    var judge = Judge(policy: self, agent: agent, assumesInstalled: assumingInstalled)
    do throws(Refusal) {
      return .allowed(try judge.judge(line))
    } catch {
      return .refused(error)
    }
  }
}

extension Refusal {
  /// A line that is not in the grammar.
  public init(_ error: SyntaxError) {
    self.init(kind: .syntax, rule: "grammar", reason: error.message, hint: error.hint)
  }
}

/// Goes through a line once, from left to right.
struct Judge {
  let policy: Policy
  let agent: Agent?
  var assumesInstalled = false
  /// Whether this is a line within `explain`, where `explain` itself does nothing.
  var isExplaining = false
  /// Where an absolute `cd` of this line leads, so that relative operands after it can be held against the
  /// denylist early; nil when that is not known.
  var directory: [UInt8]?
  /// Whether the line has had a `cd`.
  var hasMoved = false

  mutating func judge(_ line: CommandLine) throws(Refusal) -> JudgedLine {
    if let target = line.target, target != "localhost" {
      throw Refusal(
        kind: .notAllowed, rule: "targets", reason: "there is no target \(shown(target))",
        hint: "`targets` lists what can be reached")
    }
    var steps: [JudgedStep] = []
    steps.reserveCapacity(line.steps.count)
    var limits: Limits?
    for step in line.steps {
      var stages: [JudgedStage] = []
      stages.reserveCapacity(step.stages.count)
      for stage in step.stages {
        let judged = try judge(stage, isAlone: step.stages.count == 1)
        if case .run(let execution) = judged.action {
          limits = limits?.largest(with: execution.limits) ?? execution.limits
        }
        stages.append(judged)
      }
      steps.append(JudgedStep(condition: step.condition, stages: stages))
    }
    return JudgedLine(steps: steps, limits: limits ?? Limits())
  }

  private mutating func judge(_ stage: Stage, isAlone: Bool) throws(Refusal) -> JudgedStage {
    guard let name = stage.words[0].text else {
      throw Refusal(
        kind: .unknownCommand, rule: "grammar", reason: "\(shown(stage.words[0].unquoted)) is not a command",
        hint: "wildcards stand in file operands only")
    }
    if let builtIn = BuiltIn(rawValue: name) {
      let action = try self.action(of: builtIn, stage.words.dropFirst(), isAlone: isAlone)
      return JudgedStage(rule: name, action: action, redirections: stage.redirections)
    }
    let rule = try rule(for: name)
    let bounds = policy.bounds(for: agent, of: name)
    let match: CommandRule.Match
    do throws(UsageRefusal) {
      match = try rule.match(
        stage.words.dropFirst(),
        in: MatchContext(abbreviates: rule.abbreviates, bounds: bounds, hasMoved: hasMoved))
    } catch {
      throw Refusal(
        kind: .notAllowed, rule: name, location: rule.location, reason: "\(name): \(error.reason)",
        hint: error.word.flatMap { rule.hints[$0] } ?? error.hint)
    }
    for file in match.files where !file.isStandardInput { try deny(file) }
    let publicTrees = publicTrees(for: rule, match)
    let execution = Execution(
      executable: rule.executable, arguments: match.arguments, environment: rule.environment,
      // What it may read beyond others lies outside of the trees, and is not asked for.
      needs: publicTrees.isEmpty ? needs(of: rule, bounds) : Needs(),
      limits: rule.limits, maximumOperands: rule.maximumOperands, publicTrees: publicTrees,
      bounds: bounds.descriptions(of: match.variables.union(rule.needs.variables)))
    return JudgedStage(rule: name, action: .run(execution), redirections: stage.redirections)
  }

  /// What a rule grants, but for sockets that are secret: they are reached by name, and no open is there to refuse.
  private func needs(of rule: CommandRule, _ bounds: Bounds) -> Needs {
    var needs = rule.needs.resolved(bounds)
    needs.sockets.removeAll { policy.secrets.denial(of: $0) != nil }
    return needs
  }

  /// The rule of a command that this agent may use on this host.
  func rule(for name: String) throws(Refusal) -> CommandRule {
    guard let rule = policy.commands[name] else { throw unknown(name) }
    if let agent, !agent.commands.contains(name) {
      throw Refusal(
        kind: .notAllowed, rule: "roles", location: agent.location,
        reason: "\(name) is not among the commands of \(agent.name)",
        hint: "`help` lists what is; an administrator can give \(agent.name) a role that has it")
    }
    switch rule.availability {
    case .usable: return rule
    case .notInstalled where assumesInstalled, .unsafe where assumesInstalled: return rule
    case .notInstalled:
      throw Refusal(
        kind: .unknownCommand, rule: name, location: rule.location,
        reason: "\(name) is not installed on this host", hint: "`help` lists what is there")
    case .unsafe:
      // How is for the administrator to know: whoever asks might use it.
      throw Refusal(
        kind: .notAllowed, rule: name, location: rule.location,
        reason: "\(name) is not usable on this host: its executable is not safe from others",
        hint: "`keyhole policy check` tells an administrator why")
    case .disabled(let place):
      throw Refusal(
        kind: .notAllowed, rule: name, location: place,
        reason: "\(name) is disabled by \(place.file):\(place.line)",
        hint: "`help` lists what is there")
    }
  }

  /// Refuses an operand that is known to lie on the denylist before anything is opened. A courtesy: what decides is
  /// the open in the sandbox, which also knows links and relative names.
  func deny(_ word: Word) throws(Refusal) {
    var path = Array(word.literalPrefix.utf8)
    if word.text == nil {
      guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return }
      path.removeSubrange((slash + 1)...)
    }
    guard path.first == UInt8(ascii: "/") || directory != nil else { return }
    guard let entry = policy.secrets.denial(of: LexicalPath.resolved(path, from: directory ?? [])) else {
      return
    }
    throw Refusal(
      kind: .secret, rule: "secrets", location: SourceLocation(parsing: entry.location),
      reason: "\(shown(word.unquoted)) is secret: \(entry.reason)",
      hint: "no rule can allow it; leave it out, or ask an administrator for what you need to know of it")
  }

  /// Notes where `cd` leads, as far as the text tells.
  mutating func moved(to path: String) {
    hasMoved = true
    guard path.utf8.first == UInt8(ascii: "/") || directory != nil else { return }
    directory = LexicalPath.resolved(Array(path.utf8), from: directory ?? [])
  }
}

extension Limits {
  func largest(with other: Limits) -> Limits {
    Limits(
      time: max(time, other.time), output: max(output, other.output), memory: max(memory, other.memory),
      processes: max(processes, other.processes))
  }
}

extension SourceLocation {
  /// Reads `file:line:column`.
  init?(parsing text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, let line = Int(parts[parts.count - 2]), let column = Int(parts[parts.count - 1])
    else {
      return nil
    }
    self.init(file: parts.dropLast(2).joined(separator: ":"), line: line, column: column)
  }
}
