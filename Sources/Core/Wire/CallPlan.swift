// From the broker to keyhole-exec: first the confinement, while it still has privilege, then the plan.

/// Whom keyhole-exec becomes before it looks at anything that a caller wrote.
public struct Confinement: Equatable, Sendable {
  public var user: UInt32
  public var group: UInt32
  /// Keep CAP_DAC_READ_SEARCH and CAP_SYSLOG in the supervisor, for the `read` grants of the plan.
  public var keepsReadPrivilege: Bool
  /// Keep CAP_SETGID in the supervisor, for the supplementary groups of single stages.
  public var keepsGroupPrivilege: Bool
  /// Keep CAP_SYS_CHROOT in the supervisor, for the stages that only see public trees.
  public var keepsRootPrivilege: Bool
  /// Enter the prepared network namespace without interfaces; false keeps the host's.
  public var isolatesNetwork: Bool

  public init(
    user: UInt32, group: UInt32, keepsReadPrivilege: Bool, keepsGroupPrivilege: Bool,
    keepsRootPrivilege: Bool = false, isolatesNetwork: Bool
  ) {
    self.user = user
    self.group = group
    self.keepsReadPrivilege = keepsReadPrivilege
    self.keepsGroupPrivilege = keepsGroupPrivilege
    self.keepsRootPrivilege = keepsRootPrivilege
    self.isolatesNetwork = isolatesNetwork
  }
}

/// A judged line in the form that the sandbox executes: bytes and bounds, no policy.
public struct CallPlan: Equatable, Sendable {
  public var limits: CallLimits
  public var steps: [PlannedStep]
  /// Directories of this host that hold no secret, absolute and normalised, none in another: those that the view shows,
  /// which comes with the call.
  public var publicTrees: [[UInt8]]

  public init(limits: CallLimits, steps: [PlannedStep], publicTrees: [[UInt8]] = []) {
    self.limits = limits
    self.steps = steps
    self.publicTrees = publicTrees
  }
}

/// Bounds of the whole call.
public struct CallLimits: Equatable, Sendable {
  /// Wall-clock milliseconds.
  public var time: UInt32
  /// Bytes of standard output and standard error together.
  public var output: UInt64

  public init(time: UInt32, output: UInt64) {
    self.time = time
    self.output = output
  }
}

public struct PlannedStep: Equatable, Sendable {
  public enum Condition: UInt8, Equatable, Sendable, CaseIterable {
    case always = 0
    case afterSuccess = 1
    case afterFailure = 2
  }

  public var condition: Condition
  public var stages: [PlannedStage]

  public init(condition: Condition, stages: [PlannedStage]) {
    self.condition = condition
    self.stages = stages
  }
}

public struct PlannedStage: Equatable, Sendable {
  public enum Action: Equatable, Sendable {
    case run(PlannedProgram)
    /// A built-in: its bytes and its exit status are known.
    case say(output: [UInt8], error: [UInt8], status: UInt8)
    case changeDirectory(to: [UInt8])
  }

  public enum Redirection: UInt8, Equatable, Sendable, CaseIterable {
    case errorToOutput = 0
    case errorToNull = 1
    case outputToNull = 2
    case inputFromNull = 3
    case bothToNull = 4
  }

  public var action: Action
  public var redirections: [Redirection]

  public init(action: Action, redirections: [Redirection]) {
    self.action = action
    self.redirections = redirections
  }
}

public struct PlannedProgram: Equatable, Sendable {
  public enum Argument: Equatable, Sendable {
    case literal([UInt8])
    /// A path pattern as in glob(7): `* ? […]`, with a backslash before every byte meant literally.
    case glob([UInt8])
  }

  /// Absolute path.
  public var executable: [UInt8]
  /// `argv[0]` first.
  public var arguments: [Argument]
  /// `NAME=value`.
  public var environment: [[UInt8]]
  /// Supplementary groups, of this program and of no other stage.
  public var groups: [UInt32]
  /// Path sockets that it may connect to.
  public var sockets: [[UInt8]]
  /// Path patterns that the supervisor opens with its own privilege.
  public var readable: [[UInt8]]
  /// Executables that it may start, absolute.
  public var programs: [[UInt8]]
  /// Bytes of temporary files, which exist as descriptors only; 0 for none.
  public var scratch: UInt64
  /// Which of the prepared seccomp filters it runs under.
  public var filter: UInt8
  /// Bytes of address space of each process.
  public var memory: UInt64
  /// Processes and threads of the call's uid.
  public var processes: UInt32
  /// Upper bound of `arguments` after expansion.
  public var maximumOperands: UInt32
  /// The filter for where only the public trees are shown; nil when the program must see more. With one, it has no
  /// groups, sockets, patterns to read, programs or scratch files.
  public var viewFilter: UInt8?

  public init(
    executable: [UInt8], arguments: [Argument], environment: [[UInt8]], groups: [UInt32],
    sockets: [[UInt8]], readable: [[UInt8]], programs: [[UInt8]], scratch: UInt64, filter: UInt8,
    memory: UInt64, processes: UInt32, maximumOperands: UInt32,
    viewFilter: UInt8? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.groups = groups
    self.sockets = sockets
    self.readable = readable
    self.programs = programs
    self.scratch = scratch
    self.filter = filter
    self.memory = memory
    self.processes = processes
    self.maximumOperands = maximumOperands
    self.viewFilter = viewFilter
  }
}
