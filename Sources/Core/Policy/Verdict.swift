public import CommandGrammar
public import SecretPaths

/// What the policy says of a line. A line is judged whole: one refused stage refuses it.
public enum Verdict: Equatable, Sendable {
  case allowed(JudgedLine)
  case refused(Refusal)
}

/// A refusal that teaches: what, by which rule, why, and what to do instead.
public struct Refusal: Error, Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// The line is not in the grammar. Exit status 126.
    case syntax
    /// The policy has no such command. Exit status 127.
    case unknownCommand
    /// The policy knows the command and does not allow this use of it. Exit status 126.
    case notAllowed
    /// An operand lies on the secret denylist. Exit status 126.
    case secret
  }

  public var kind: Kind
  /// The rule that refused: a command name, `secrets`, `roles` or `grammar`. No untrusted text.
  public var rule: String
  /// Where that rule stands; nil for the grammar and for unknown commands.
  public var location: SourceLocation?
  /// What was refused and why, one line in lower case, without a full stop.
  public var reason: String
  /// What to do instead, one line; empty when there is nothing to say.
  public var hint: String

  public init(
    kind: Kind, rule: String, location: SourceLocation? = nil, reason: String, hint: String = ""
  ) {
    self.kind = kind
    self.rule = rule
    self.location = location
    self.reason = reason
    self.hint = hint
  }
}

/// A place in a policy file, counted from 1.
public struct SourceLocation: Equatable, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String { "\(file):\(line):\(column)" }
}

/// A line that may run, with everything the run is bound to.
public struct JudgedLine: Equatable, Sendable {
  public var steps: [JudgedStep]
  /// The limits of the whole call: of each limit the largest that a stage of the line has.
  public var limits: Limits

  public init(steps: [JudgedStep], limits: Limits) {
    self.steps = steps
    self.limits = limits
  }

  /// The matched rules in order, for the audit record, such as `["journalctl", "grep"]`.
  public var rules: [String] {
    steps.flatMap { $0.stages.map(\.rule) }
  }
}

public struct JudgedStep: Equatable, Sendable {
  public var condition: Step.Condition
  public var stages: [JudgedStage]

  public init(condition: Step.Condition, stages: [JudgedStage]) {
    self.condition = condition
    self.stages = stages
  }
}

/// A stage bound to the rule that allowed it.
public struct JudgedStage: Equatable, Sendable {
  public enum Action: Equatable, Sendable {
    /// An executable with its canonical arguments, `argv[0]` first.
    case run(Execution)
    /// A built-in whose text and status are known already: `help`, `echo`, `true`, `which` ….
    case say(output: String, error: String, status: UInt8)
    /// `cd DIR`: the working directory for the rest of the line.
    case changeDirectory(to: String)
  }

  public var rule: String
  public var action: Action
  public var redirections: [Redirection]

  public init(rule: String, action: Action, redirections: [Redirection]) {
    self.rule = rule
    self.action = action
    self.redirections = redirections
  }
}

public struct Execution: Equatable, Sendable {
  public enum Argument: Equatable, Sendable {
    case literal(String)
    /// A path with wildcards, expanded by the sandbox when the stage starts.
    case glob(Word)
  }

  /// Absolute path of the executable.
  public var executable: String
  /// `argv[0]` first: fixed arguments, options in canonical form, `--` where the tool takes it, operands.
  public var arguments: [Argument]
  /// `NAME=value`, sorted by name.
  public var environment: [String]
  public var needs: Needs
  public var limits: Limits
  /// How many words the operands may become once the globs are expanded.
  public var maximumOperands: Int
  /// All public trees of the policy when the stage reads nothing else, otherwise none. With them `needs` is empty.
  public var publicTrees: [PublicTree]
  /// The bounds that held of what the caller could name, for people: `$units (web.yaml:3:10) allows nginx`.
  public var bounds: [String]

  public init(
    executable: String, arguments: [Argument], environment: [String], needs: Needs, limits: Limits,
    maximumOperands: Int, publicTrees: [PublicTree] = [], bounds: [String] = []
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.needs = needs
    self.limits = limits
    self.maximumOperands = maximumOperands
    self.publicTrees = publicTrees
    self.bounds = bounds
  }
}

/// What a command gets beyond reading world-readable files. Everything is off by default.
public struct Needs: Equatable, Sendable {
  /// Supplementary groups, by name.
  public var groups: [String] = []
  /// Path sockets that it may connect to, absolute.
  public var sockets: [String] = []
  /// Path patterns that the supervisor opens for it although its uid may not; a denial still wins.
  public var read: [String] = []
  /// Netlink families, of `route` and `sock-diag`; any of them means the host's network namespace.
  public var netlink: [NetlinkFamily] = []
  /// Bytes of temporary files, which exist as descriptors only; 0 for none.
  public var scratch = 0
  /// Executables that it may start itself, absolute (`zgrep` is a script that starts `grep`).
  public var programs: [String] = []

  public enum NetlinkFamily: String, Equatable, Sendable, CaseIterable {
    case route
    case socketDiagnostics = "sock-diag"
  }

  public init() {}
}

/// Bounds of a run. Zero never means unlimited.
public struct Limits: Equatable, Sendable {
  /// Wall-clock time, in milliseconds.
  public var time: Int
  /// Bytes of standard output and standard error together.
  public var output: Int
  /// Bytes of memory.
  public var memory: Int
  public var processes: Int

  public init(
    time: Int = 30_000, output: Int = 8 << 20, memory: Int = 512 << 20, processes: Int = 16
  ) {
    self.time = time
    self.output = output
    self.memory = memory
    self.processes = processes
  }
}
