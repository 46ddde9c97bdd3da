internal import Glibc
internal import Kernel
internal import SecretPaths
internal import Wire

/// What ends a call before its line has.
enum Interruption: Error {
  case timedOut
  case outputLimit
  /// The caller no longer reads: as a command that gets SIGPIPE.
  case callerGone
  case brokerGone
}

/// Answers the held calls of the running stages, carries their output, and waits for their ends: one loop, which never
/// waits for anything else.
struct Supervisor: ~Copyable {
  var opener: FileOpener
  let broker: BrokerLink
  private var output: OutputPump
  private var error: OutputPump
  private var stages: [RunningStage] = []
  let company = CPUCompany()
  /// All refused accesses of the call.
  var refusals: UInt32 = 0
  /// The call keeps the index that it began with: once is enough to have it made anew.
  var hasReportedOldIndex = false

  init(
    opener: consuming FileOpener, broker: BrokerLink, output: consuming OutputPump,
    error: consuming OutputPump
  ) {
    self.opener = opener
    self.broker = broker
    self.output = output
    self.error = error
  }

  /// Bytes handed to the caller on both streams.
  var bytesOut: UInt64 { output.count + error.count }

  /// Takes on a stage's supplementary groups before it starts.
  mutating func join(_ groups: [UInt32]) throws(KernelError) { try opener.join(groups) }

  func giveUpStreams(for null: borrowing FileDescriptor) throws(KernelError) {
    try output.giveUpTarget(for: null)
    try error.giveUpTarget(for: null)
  }

  mutating func add(_ stage: RunningStage) {
    company.welcome(stage, at: MonotonicClock.now)
    stages.append(stage)
  }

  mutating func report(_ event: CallEvent) throws(KernelError) { try broker.send(event) }

  /// Text of a built-in.
  mutating func say(output text: [UInt8]) { output.say(text) }
  mutating func say(error text: [UInt8]) { error.say(text) }

  /// Keyhole's own words to the caller.
  mutating func tell(_ line: String) { error.say(Array("keyhole: \(line)\n".utf8)) }

  mutating func names(of glob: GlobExpansion, from directory: [UInt8]) throws(GlobExpansion.Failure)
    -> [[UInt8]]
  {
    try glob.names(from: directory, through: &opener, by: ProcessID(getpid()))
  }

  mutating func openDirectory(_ path: FilePath) -> Opened {
    opener.open(
      OpenRequest(base: .workingDirectory, path: path, flags: .directory), by: ProcessID(getpid()), grants: []
    )
  }

  /// Works until the pipeline's processes have ended and its output is handed over; returns the last stage's end.
  ///
  /// Throws ``Interruption`` when the call is over before, and ``KernelError`` when the supervisor cannot go on.
  mutating func supervise(until deadline: Int64, outputLimit: UInt64) throws -> ProcessEnd? {
    while stages.contains(where: { $0.end == nil }) {
      try wait(until: deadline, outputLimit: outputLimit)
    }
    let last = stages.last?.end
    // What a stage left running ends with it.
    try OwnProcessNamespace.killAll()
    stages = []
    try drain(until: deadline, outputLimit: outputLimit)
    return last
  }

  /// Hands over what is still in the pipes; nobody writes to them any more.
  mutating func drain(until deadline: Int64, outputLimit: UInt64) throws {
    while true {
      let outputIsEmpty = try moveOutput(limit: outputLimit)
      let errorIsEmpty = try moveError(limit: outputLimit)
      if outputIsEmpty && errorIsEmpty { return }
      var entries = [broker.interest]
      if !outputIsEmpty { entries.append(output.interest) }
      if !errorIsEmpty { entries.append(error.interest) }
      _ = try poll(&entries, milliseconds: try Self.rest(until: deadline))
      if entries[0].got.contains(.hangUp) { throw Interruption.brokerGone }
    }
  }

  private mutating func wait(until deadline: Int64, outputLimit: UInt64) throws {
    var entries = [broker.interest, opener.mountChanges, output.interest, error.interest]
    let fixed = entries.count
    for stage in stages {
      // A stage that has ended keeps its place with an entry that never fires.
      entries.append(PollEntry(stage.child.pidfd, stage.end == nil ? .readable : []))
      entries.append(Self.interest(in: stage))
    }
    let rest = try Self.rest(until: deadline)
    _ = try poll(&entries, milliseconds: min(rest, CPUCompany.patience(with: stages) ?? rest))
    let now = MonotonicClock.now
    if entries[0].got.contains(.hangUp) { throw Interruption.brokerGone }
    if entries[1].got.contains(.priority) { try opener.readMounts() }
    if !entries[2].got.isEmpty { _ = try moveOutput(limit: outputLimit) }
    if !entries[3].got.isEmpty { _ = try moveError(limit: outputLimit) }
    var hasEnded = false
    for (index, stage) in stages.enumerated() {
      hasEnded = hasEnded || (stage.end == nil && entries[fixed + 2 * index].got.contains(.readable))
      let got = entries[fixed + 2 * index + 1].got
      if got.contains(.readable) {
        try answer(stage, at: now)
      } else if !got.isDisjoint(with: [.hangUp, .error]) {
        stage.isListening = false
      }
      company.part(stage, at: now, through: opener.resolver.callers)
    }
    if hasEnded { try reap() }
  }

  private static func interest(in stage: RunningStage) -> PollEntry {
    // poll(2) passes over negative numbers.
    stage.isListening ? PollEntry(stage.listener.descriptor, .readable) : PollEntry(number: -1, [])
  }

  /// Milliseconds to the deadline, rounded up.
  private static func rest(until deadline: Int64) throws -> Int {
    let nanoseconds = deadline - MonotonicClock.now
    if nanoseconds <= 0 { throw Interruption.timedOut }
    return Int(nanoseconds / 1_000_000) + 1
  }

  private mutating func reap() throws(KernelError) {
    while let (process, end) = try ChildProcess.reap(waiting: false) {
      // Others are children of a stage that outlived it, perhaps with a number that a stage had before.
      if let stage = stages.first(where: { $0.end == nil && $0.child.process == process }) { stage.end = end }
    }
  }

  private mutating func moveOutput(limit: UInt64) throws -> Bool {
    let isEmpty = try output.move(atMost: limit - min(limit, bytesOut))
    if output.isCallerGone { throw Interruption.callerGone }
    if bytesOut >= limit && !isEmpty { throw Interruption.outputLimit }
    return isEmpty
  }

  private mutating func moveError(limit: UInt64) throws -> Bool {
    let isEmpty = try error.move(atMost: limit - min(limit, bytesOut))
    if bytesOut >= limit && !isEmpty { throw Interruption.outputLimit }
    return isEmpty
  }
}
