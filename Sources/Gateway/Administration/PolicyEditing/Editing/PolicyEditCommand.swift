internal import ArgumentParser
internal import Glibc
internal import Kernel

/// `keyhole policy edit`: edit a policy file as visudo(8) edits sudoers.
struct PolicyEditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Edit a policy file; check the whole policy before it is installed, then reload.",
    discussion: """
      Locks the policy, starts $VISUAL or $EDITOR on a copy, and loads the whole policy with the changed file. Only a \
      policy without errors can be installed. The version before stays beside the file, for --revert.
      Exits with 0 when it is installed or nothing was changed, 1 when nothing is installed, 2 when the broker does \
      not take what was installed, 75 when somebody else edits, 77 when this takes another user, 128 and the number \
      of a signal that ended it.
      """)

  @OptionGroup var options: PolicyOptions
  @OptionGroup var broker: BrokerOptions

  @Flag(help: "Go back to the version before the last change of the file.")
  var revert = false

  @Flag(help: "Do not have a running broker load the policy.")
  var noReload = false

  @Argument(help: "A file of the policy, such as agents.yaml; without it there is a choice.")
  var file: String?

  func run() throws {
    let directory = options.policy
    do {
      let interrupts = try Interrupts()
      let lock = try EditLock.take(on: directory)
      try withExtendedLifetime(lock) { try run(in: Dialogue(interrupts: interrupts), directory) }
    } catch let failure as EditLock.Failure {
      throw Self.exit(for: failure, directory)
    } catch EditEnd.interrupted(let signal) {
      Words.complain("interrupted: nothing was changed")
      throw ExitCode(128 + signal.rawValue)
    } catch EditEnd.inputEnded {
      Words.complain("standard input ended before an answer: nothing was changed")
      throw ExitStatus.failure
    } catch let failure as EditFailure {
      Words.complain(failure.message, hint: failure.hint)
      throw ExitStatus.failure
    } catch let failure as Editor.Failure {
      Words.complain(failure.message, hint: failure.hint)
      throw ExitStatus.failure
    } catch let failure as PolicyFileChoice.Failure {
      Words.complain(failure.message, hint: failure.hint)
      throw ExitStatus.failure
    } catch let error as KernelError {
      Words.complain("\(error): nothing was changed")
      throw ExitStatus.failure
    }
  }

  private func run(in dialogue: Dialogue, _ directory: String) throws {
    let choice = PolicyFileChoice(directory: directory, snapshot: try PolicySnapshot(of: directory))
    guard let name = try chosenName(choice, dialogue) else { return dialogue.say("nothing was changed\n") }
    let session = EditSession(
      directory: directory, name: name, place: try PrivateDirectory(), dialogue: dialogue,
      broker: noReload ? nil : RunningPolicy(client: try broker.client(), directory: directory))
    let result = revert ? try session.revert() : try session.edit(with: try Editor.chosen())
    switch result {
    case .installed: break
    case .unchanged: dialogue.say("\(directory)/\(name) is unchanged\n")
    case .discarded:
      dialogue.say("discarded: \(directory)/\(name) is unchanged\n")
      throw ExitStatus.failure
    case .reverted: throw ExitStatus.failure
    case .refused: throw ExitStatus.brokenPolicy
    }
  }

  private func chosenName(_ choice: PolicyFileChoice, _ dialogue: Dialogue) throws -> String? {
    if let file { return try choice.name(for: file) }
    let names = revert ? Self.withPrevious(choice) : choice.snapshot.policyFiles
    guard !names.isEmpty else {
      throw PolicyFileChoice.Failure(
        message: revert ? "no earlier version of any file is kept" : "\(choice.directory) has no policy file",
        hint: "name one: keyhole policy edit agents.yaml")
    }
    return try choice.ask(among: names, revert ? "go back with which file?" : "which file?", in: dialogue)
  }

  private static func withPrevious(_ choice: PolicyFileChoice) -> [String] {
    choice.snapshot.policyFiles.filter { name in
      guard let path = try? FilePlace.path(FileReplacement.previous(of: "\(choice.directory)/\(name)")) else {
        return false
      }
      return (try? FileDescriptor.open(path, [.path, .noFollow])) != nil
    }
  }

  /// Says why the policy cannot be locked. `instead` is what who may not change it is to run.
  static func exit(
    for failure: EditLock.Failure, _ directory: String, instead: String = "sudo keyhole policy edit"
  ) -> ExitCode {
    switch failure {
    case .taken(let holder):
      let who = holder.isEmpty ? "" : ": \(holder)"
      Words.complain("somebody else edits \(directory)\(who)", hint: "wait until they are done, or ask them")
      return ExitStatus.locked
    case .impossible(let error) where [EACCES, EPERM].contains(error.code):
      Words.complain("\(directory) is not yours to change: \(error)", hint: instead)
      return ExitStatus.notPermitted
    case .impossible(let error):
      Words.complain("\(directory) cannot be locked: \(error)", hint: "name the policy with --policy DIR")
      return ExitStatus.failure
    }
  }
}
