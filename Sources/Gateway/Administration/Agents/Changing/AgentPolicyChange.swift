internal import ArgumentParser
internal import Glibc
internal import Kernel
internal import Policy
internal import PolicyFiles

/// One change to one file of a policy by a command: checked with the whole policy, installed in one step, and loaded by the
/// running broker. The policy is locked while it lasts.
struct AgentPolicyChange {
  /// What a command wants to be done.
  struct Request {
    /// Below the policy directory.
    var file: String
    /// nil takes the file away.
    var bytes: [UInt8]?
    /// Said when it is done: `added agent claude`.
    var summary: String
    /// Further lines to say, before anything is done.
    var notes: [String] = []
  }

  private static let largestFile = 1 << 20

  let options: AgentChangeOptions
  let current: Policy
  private let warnings: [Diagnostic]

  private var directory: String { options.place.directory }

  /// Finds out with `request` what is to be done, and does it. nil: there is nothing to do, and the request has said so.
  static func run(
    _ options: AgentChangeOptions, _ request: (AgentPolicyChange) throws -> Request?
  ) throws {
    do {
      if options.dryRun { return try AgentPolicyChange(options).perform(request) }
      let lock = try EditLock.take(on: options.place.directory)
      defer { withExtendedLifetime(lock) {} }
      try AgentPolicyChange(options).perform(request)
    } catch let failure as AgentFailure {
      Words.complain(failure.message, hint: failure.hint)
      throw ExitStatus.failure
    } catch let failure as EditLock.Failure {
      throw PolicyEditCommand.exit(for: failure, options.place.directory, instead: "sudo keyhole agents")
    } catch let error as KernelError where [EACCES, EPERM].contains(error.code) {
      Words.complain(
        "\(options.place.directory) is not yours to change: \(error)", hint: "sudo keyhole agents")
      throw ExitStatus.notPermitted
    } catch let error as KernelError {
      Words.complain("\(error): nothing was changed", hint: "see that the disk has room and is not read-only")
      throw ExitStatus.failure
    }
  }

  private init(_ options: AgentChangeOptions) throws {
    self.options = options
    let loaded = try PolicyOptions.load(options.place.directory)
    current = loaded.policy
    warnings = loaded.warnings
  }

  private func perform(_ makeRequest: (AgentPolicyChange) throws -> Request?) throws {
    guard let request = try makeRequest(self) else { return }
    for note in request.notes { StandardStreams.error("note: \(note)\n") }
    let place = try PrivateDirectory()
    let candidate = try CandidatePolicy(of: directory, with: request.bytes, at: request.file, in: place)
    guard case .loads(let loaded) = candidate.outcome else {
      if case .broken(let diagnostics) = candidate.outcome {
        StandardStreams.error(diagnostics.map(\.description).joined())
      }
      throw AgentFailure(message: "the policy would be broken: nothing was changed")
    }
    let known = Set(warnings.map { $0.location.file + "\0" + $0.message })
    let new = loaded.warnings.filter { !known.contains($0.location.file + "\0" + $0.message) }
    StandardStreams.error(new.map(\.description).joined())
    if options.dryRun { return show(request, candidate, loaded) }
    let changed = try PolicySnapshot(of: directory).names(thatDifferFrom: candidate.base)
    guard changed.isEmpty else {
      throw AgentFailure(
        message:
          "changed by somebody else meanwhile: \(changed.joined(separator: ", ")): nothing was changed",
        hint: "do it again")
    }
    try install(request)
    StandardStreams.output("\(request.summary)\n")
    try reload(expecting: loaded.policy.digest)
  }

  private func show(_ request: Request, _ candidate: CandidatePolicy, _ loaded: LoadedPolicy) {
    let old = candidate.base.file(request.file) ?? []
    let change = ChangeReport.Change(
      directory: directory, old: current, new: loaded.policy, oldText: old, newText: request.bytes ?? [])
    StandardStreams.output("\(directory)/\(request.file)\(request.bytes == nil ? " goes" : ""):\n")
    StandardStreams.output(candidate.named(ChangeReport.standard.describe(change)))
    StandardStreams.output("nothing was changed: this was a dry run\n")
  }

  private func install(_ request: Request) throws {
    let path = "\(directory)/\(request.file)"
    guard let bytes = request.bytes else {
      return Words.warn(of: try FileReplacement.remove(path), path)
    }
    try makeDirectory(above: path)
    Words.warn(of: try FileReplacement.install(bytes, at: path, keepingPrevious: true), path)
  }

  /// As the policy's own, when it is new.
  private func makeDirectory(above path: String) throws(KernelError) {
    let above = try FilePlace.path(FilePlace.split(path).directory)
    do throws(KernelError) {
      _ = try FileDescriptor.open(above, [.path, .directory])
    } catch  where error.code == ENOENT {
      let policy = try FileDescriptor.open(try FilePlace.path(directory), [.path, .directory]).status()
      try FileChanges.makeNewDirectory(above, mode: 0o700)
      try FileDescriptor.open(above, [.directory])
        .set(owner: policy.user, group: policy.group, mode: policy.mode)
    }
  }

  private func reload(expecting digest: String) throws {
    guard !options.noReload else { return }
    guard UserID.effective == .root else {
      return StandardStreams.output("not in force yet: sudo keyhole policy reload\n")
    }
    let running = RunningPolicy(client: try options.broker.client(), directory: directory)
    switch running.reload(StandardStreams.output) {
    case .inForce(let loaded):
      if loaded != digest {
        Words.complain(
          "the policy in force is another than the one that was checked: somebody else changed it meanwhile",
          hint: "keyhole policy check")
      }
    case .notAsked: break
    case .refused: throw ExitStatus.brokenPolicy
    }
  }
}

extension AgentPolicyChange {
  /// Below the policy directory: the file that an agent stands in, and what it holds.
  func file(of agent: Agent) throws -> (name: String, bytes: [UInt8]) {
    let path = agent.location.file
    guard path.hasPrefix(directory + "/") else {
      throw AgentFailure(
        message: "the agent \(agent.name) stands in \(path), which the policy includes: it is not changed",
        hint: "change it there, at \(agent.location), and reload: keyhole policy reload")
    }
    let name = String(path.dropFirst(directory.count + 1))
    guard let bytes = try FilePlace.read(path, limit: Self.largestFile) else {
      throw AgentFailure(message: "\(path) is gone", hint: "do it again")
    }
    return (name, bytes)
  }

  /// The request to make changes to an agent where it stands.
  func request(_ changes: [AgentFileChange], to agent: Agent, summary: String) throws -> Request {
    var (name, bytes) = try file(of: agent)
    do throws(AgentFileError) {
      for change in changes { bytes = try AgentFileEditor(bytes).applying(change, to: agent.name) }
    } catch {
      throw AgentFailure(
        message: "the file is written in a way that cannot be changed here: \(agent.location)",
        hint: "change it with an editor: keyhole policy edit \(name)")
    }
    return Request(file: name, bytes: bytes, summary: summary)
  }
}
