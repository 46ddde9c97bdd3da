internal import ArgumentParser
internal import Kernel
internal import Policy
internal import PolicyFiles

/// One edit of one file, from the first look to the reload. The policy is locked for as long as it lasts.
struct EditSession {
  let directory: String
  /// Below the directory.
  let name: String
  let place: PrivateDirectory
  let dialogue: Dialogue
  let broker: RunningPolicy?
  var report = ChangeReport.standard

  private static let largestFile = 1 << 20
  private static let again = Dialogue.Choice(letter: "e", words: "(e)dit again")
  private static let discard = Dialogue.Choice(letter: "d", words: "(d)iscard")

  enum Result {
    case unchanged
    case discarded
    case installed
    /// Installed, and taken back.
    case reverted
    /// Installed although the broker does not take it.
    case refused
  }

  private var path: String { "\(directory)/\(name)" }

  /// Edits with a program until the text is installed or given up.
  func edit(with editor: Editor) throws -> Result {
    var original = try PolicySnapshot(of: directory).file(name)
    let copy = "\(try place.directory("edit"))/\(FilePlace.split(name).name)"
    let file = try FileDescriptor.open(
      try FilePlace.path(copy), [.writeOnly, .create, .exclusive], mode: 0o600)
    try file.writeAll(original ?? [])
    if original == nil { dialogue.say("\(path) is new\n") }
    while true {
      let end = try dialogue.interrupts.wait(for: try editor.start(on: copy))
      guard end == .exited(0) else { throw EditFailure.editor(end) }
      let text = try FilePlace.read(copy, limit: Self.largestFile)
      guard let text, !text.isEmpty else {
        if original == nil { return .unchanged }
        Words.complain(
          "the file is empty now: nothing can be installed", hint: "to take a file away: rm \(path)")
        if try dialogue.ask("what now?", [Self.again, Self.discard]) == "d" { return .discarded }
        continue
      }
      if text == original { return .unchanged }
      switch try offer(text, inPlaceOf: &original) {
      case .again: continue
      case .end(let result): return result
      }
    }
  }

  /// Goes back to the version before the last change.
  func revert() throws -> Result {
    guard let previous = try FilePlace.read(FileReplacement.previous(of: path), limit: Self.largestFile)
    else {
      throw EditFailure.noPrevious(path)
    }
    let current = try PolicySnapshot(of: directory).file(name)
    if current == previous { return .unchanged }
    let candidate = try CandidatePolicy(of: directory, with: previous, at: name, in: place)
    let installed = installed
    show(candidate, besides: installed)
    guard case .loads(let loaded) = candidate.outcome else { throw EditFailure.brokenPrevious(path) }
    describe(candidate, loaded, besides: installed, from: current ?? [], to: previous)
    let choices = [Dialogue.Choice(letter: "r", words: "(r)evert"), Self.discard]
    guard try dialogue.ask("go back to this?", choices) == "r" else { return .discarded }
    try install(previous, expecting: loaded.policy.digest)
    return finish(loaded.policy.digest)
  }

  // MARK: Checking and asking

  private enum Step {
    case again
    case end(Result)
  }

  /// Checks the text and asks what is to become of it.
  private func offer(_ text: [UInt8], inPlaceOf original: inout [UInt8]?) throws -> Step {
    while true {
      let candidate = try CandidatePolicy(of: directory, with: text, at: name, in: place)
      let installed = installed
      show(candidate, besides: installed)
      guard case .loads(let loaded) = candidate.outcome else {
        return try dialogue.ask("what now?", [Self.again, Self.discard]) == "e" ? .again : .end(.discarded)
      }
      let theirs = candidate.base.file(name)
      describe(candidate, loaded, besides: installed, from: theirs ?? [], to: text)
      let isForeign = theirs != original
      if isForeign {
        dialogue.say(
          "\(path) was changed by somebody else since you began; the lines above say how yours differs\n")
      }
      let install =
        isForeign
        ? Dialogue.Choice(letter: "o", words: "(o)verwrite it") : .init(letter: "i", words: "(i)nstall")
      let choice = try dialogue.ask("what now?", [install, Self.again, Self.discard])
      if choice == "d" { return .end(.discarded) }
      if choice == "e" { return .again }
      original = theirs
      // What was checked is what there is, or it is checked again.
      let changed = try PolicySnapshot(of: directory).names(thatDifferFrom: candidate.base)
      guard changed.isEmpty else {
        dialogue.say(
          "changed by somebody else meanwhile: \(changed.joined(separator: ", ")); checked again\n")
        continue
      }
      try self.install(text, expecting: loaded.policy.digest)
      return .end(try settle(theirs, digest: loaded.policy.digest))
    }
  }

  /// The policy as it is on disk; nil when it does not load.
  private var installed: LoadedPolicy? { try? PolicyLoader().load(directory: directory) }

  /// What is wrong, and what is new of what is to be known: the rest was there before this edit.
  private func show(_ candidate: CandidatePolicy, besides installed: LoadedPolicy?) {
    switch candidate.outcome {
    case .loads(let loaded):
      let known = Set((installed?.warnings ?? []).map { $0.location.file + "\0" + $0.message })
      let new = loaded.warnings.filter { !known.contains($0.location.file + "\0" + $0.message) }
      StandardStreams.error(new.map(\.description).joined())
      let old = loaded.warnings.count - new.count
      if old > 0 {
        dialogue.say("\(counted(old, "warning")) as before: keyhole policy check shows them\n")
      }
    case .broken(let diagnostics):
      StandardStreams.error(diagnostics.map(\.description).joined())
      let count = diagnostics.count { $0.severity == .error }
      StandardStreams.error("keyhole: \(counted(count, "error")); nothing is installed\n")
    }
  }

  private func describe(
    _ candidate: CandidatePolicy, _ loaded: LoadedPolicy, besides installed: LoadedPolicy?, from old: [UInt8],
    to new: [UInt8]
  ) {
    let change = ChangeReport.Change(
      directory: directory, old: installed?.policy, new: loaded.policy, oldText: old, newText: new)
    dialogue.say(candidate.named(report.describe(change)))
  }

  // MARK: Installing and going back

  private func install(_ text: [UInt8], expecting digest: String) throws {
    do throws(KernelError) {
      Words.warn(of: try FileReplacement.install(text, at: path, keepingPrevious: true), path)
    } catch {
      throw EditFailure.notInstalled(path, error)
    }
    dialogue.say("installed \(path)\n")
  }

  /// Has the broker load it, and goes back when it is not to stay. `old` is what the file was.
  private func settle(_ old: [UInt8]?, digest: String) throws -> Result {
    let result = finish(digest)
    guard case .installed = result, broker != nil else {
      guard case .refused = result else { return result }
      return try goBack(old, "the broker does not take it:", otherwise: .refused)
    }
    return try goBack(old, "done:", otherwise: .installed)
  }

  private func goBack(_ old: [UInt8]?, _ question: String, otherwise: Result) throws -> Result {
    let choices = [
      Dialogue.Choice(letter: "k", words: "(k)eep it"),
      .init(letter: "r", words: "(r)evert to the version before"),
    ]
    do {
      guard try dialogue.ask(question, choices) == "r" else { return otherwise }
    } catch is EditEnd {
      // It is installed already: who leaves now keeps it.
      return otherwise
    }
    do throws(KernelError) {
      if let old {
        Words.warn(of: try FileReplacement.install(old, at: path, keepingPrevious: true), path)
      } else {
        Words.warn(of: try FileReplacement.remove(path), path)
      }
    } catch {
      throw EditFailure.notReverted(path, error)
    }
    dialogue.say("\(path) is as it was before\n")
    _ = broker?.reload(dialogue.say)
    return .reverted
  }

  private func finish(_ digest: String) -> Result {
    guard let broker else { return .installed }
    switch broker.reload(dialogue.say) {
    case .inForce(let loaded):
      if loaded != digest {
        Words.complain(
          "the policy in force is another than the one that was checked: somebody else changed it meanwhile",
          hint: "keyhole policy check")
      }
      return .installed
    case .notAsked: return .installed
    case .refused: return .refused
    }
  }
}

/// What ends an edit before anything is installed.
enum EditFailure: Error {
  case editor(ProcessEnd)
  case noPrevious(String)
  case brokenPrevious(String)
  case notInstalled(String, KernelError)
  case notReverted(String, KernelError)

  var message: String {
    switch self {
    case .editor(.exited(let status)): "the editor ended with status \(status): nothing was changed"
    case .editor(.signaled(let number)): "the editor was ended by signal \(number): nothing was changed"
    case .noPrevious(let path): "no earlier version of \(path) is kept"
    case .brokenPrevious(let path):
      "with the earlier version of \(path) the policy does not load: nothing was changed"
    case .notInstalled(let path, let error): "\(path) was left as it is: \(error)"
    case .notReverted(let path, let error): "\(path) could not be put back: \(error)"
    }
  }

  var hint: String {
    switch self {
    case .editor: ""
    case .noPrevious: "a version is kept with each change by `keyhole policy edit`"
    case .brokenPrevious: "mend it with `keyhole policy edit`"
    case .notInstalled: "see that the disk has room and is not read-only"
    case .notReverted(let path, _): "the version before is \(FileReplacement.previous(of: path))"
    }
  }
}
