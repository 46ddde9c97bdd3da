extension Confinement: WireMessage {
  public static let kind = WireKind.confinement
  public static let maximumSize = WireLimit.packet

  public func encode(to encoder: inout WireEncoder) {
    encoder.integer(user)
    encoder.integer(group)
    encoder.flag(keepsReadPrivilege)
    encoder.flag(keepsGroupPrivilege)
    encoder.flag(keepsRootPrivilege)
    encoder.flag(isolatesNetwork)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    user = try decoder.integer()
    group = try decoder.integer()
    keepsReadPrivilege = try decoder.flag(.keepsReadPrivilege)
    keepsGroupPrivilege = try decoder.flag(.keepsGroupPrivilege)
    keepsRootPrivilege = try decoder.flag(.keepsRootPrivilege)
    isolatesNetwork = try decoder.flag(.isolatesNetwork)
  }
}

extension CallPlan: WireMessage {
  public static let kind = WireKind.callPlan
  public static let maximumSize = WireLimit.plan

  public func encode(to encoder: inout WireEncoder) {
    encoder.integer(limits.time)
    encoder.integer(limits.output)
    encoder.list(steps)
    encoder.byteStrings(publicTrees)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    limits = CallLimits(time: try decoder.integer(), output: try decoder.integer())
    steps = try decoder.list(.steps, atMost: WireLimit.steps)
    publicTrees = try decoder.byteStrings(
      .publicTrees, atMost: WireLimit.publicTrees, eachAtMost: WireLimit.publicTree)
  }
}

extension PlannedStep: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.integer(condition.rawValue)
    encoder.list(stages)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    condition = try decoder.tag(.condition)
    stages = try decoder.list(.stages, atMost: WireLimit.stages)
  }
}

extension PlannedStage: WireCodable {
  private enum Tag: UInt8 {
    case run = 0
    case say = 1
    case changeDirectory = 2
  }

  public func encode(to encoder: inout WireEncoder) {
    switch action {
    case .run(let program):
      encoder.integer(Tag.run.rawValue)
      program.encode(to: &encoder)
    case .say(let output, let error, let status):
      encoder.integer(Tag.say.rawValue)
      encoder.byteString(output)
      encoder.byteString(error)
      encoder.integer(status)
    case .changeDirectory(let path):
      encoder.integer(Tag.changeDirectory.rawValue)
      encoder.byteString(path)
    }
    encoder.list(redirections)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.action) as Tag {
    case .run:
      action = .run(try PlannedProgram(from: &decoder))
    case .say:
      action = .say(
        output: try decoder.byteString(.output, atMost: WireLimit.output),
        error: try decoder.byteString(.output, atMost: WireLimit.output),
        status: try decoder.integer())
    case .changeDirectory:
      action = .changeDirectory(to: try decoder.byteString(.path, atMost: WireLimit.path))
    }
    redirections = try decoder.list(.redirections, atMost: WireLimit.redirections)
  }
}

extension PlannedStage.Redirection: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.integer(rawValue)
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    self = try decoder.tag(.redirection)
  }
}

extension PlannedProgram: WireCodable {
  public func encode(to encoder: inout WireEncoder) {
    encoder.byteString(executable)
    encoder.list(arguments)
    encoder.byteStrings(environment)
    encoder.count(groups.count)
    for group in groups { encoder.integer(group) }
    encoder.byteStrings(sockets)
    encoder.byteStrings(readable)
    encoder.byteStrings(programs)
    encoder.integer(scratch)
    encoder.integer(filter)
    encoder.integer(memory)
    encoder.integer(processes)
    encoder.integer(maximumOperands)
    encoder.flag(viewFilter != nil)
    if let viewFilter { encoder.integer(viewFilter) }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    executable = try decoder.byteString(.executable, atMost: WireLimit.path)
    arguments = try decoder.list(.arguments, atMost: WireLimit.arguments)
    environment = try decoder.byteStrings(
      .environment, atMost: WireLimit.environment, eachAtMost: WireLimit.environmentEntry)
    groups = []
    for _ in 0..<(try decoder.count(.groups, atMost: WireLimit.groups)) {
      groups.append(try decoder.integer())
    }
    sockets = try decoder.byteStrings(.sockets, atMost: WireLimit.sockets, eachAtMost: WireLimit.path)
    readable = try decoder.byteStrings(.readable, atMost: WireLimit.readable, eachAtMost: WireLimit.path)
    programs = try decoder.byteStrings(.programs, atMost: WireLimit.programs, eachAtMost: WireLimit.path)
    scratch = try decoder.integer()
    filter = try decoder.integer()
    memory = try decoder.integer()
    processes = try decoder.integer()
    maximumOperands = try decoder.integer()
    viewFilter = try decoder.flag(.viewFilter) ? try decoder.integer() : nil
  }
}

extension PlannedProgram.Argument: WireCodable {
  private enum Tag: UInt8 {
    case literal = 0
    case glob = 1
  }

  public func encode(to encoder: inout WireEncoder) {
    switch self {
    case .literal(let bytes):
      encoder.integer(Tag.literal.rawValue)
      encoder.byteString(bytes)
    case .glob(let pattern):
      encoder.integer(Tag.glob.rawValue)
      encoder.byteString(pattern)
    }
  }

  public init(from decoder: inout WireDecoder) throws(WireError) {
    switch try decoder.tag(.argument) as Tag {
    case .literal: self = .literal(try decoder.byteString(.argument, atMost: WireLimit.argument))
    case .glob: self = .glob(try decoder.byteString(.argument, atMost: WireLimit.argument))
    }
  }
}
