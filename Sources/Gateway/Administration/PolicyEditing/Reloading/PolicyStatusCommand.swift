internal import ArgumentParser
internal import Policy
internal import PolicyFiles
internal import Wire

/// `keyhole policy status`: which policy the running broker has, and whether the one on disk is another.
struct PolicyStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say which policy is in force, and whether the one on disk differs.",
    discussion: "Exits with 0, 69 when no broker runs, 77 for any user but root.")

  @OptionGroup var broker: BrokerOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let client = try broker.client()
    let status: BrokerStatus
    do throws(ControlFailure) {
      status = try client.status()
    } catch {
      if json { StandardStreams.output("\(ReloadReport.json(error))\n") }
      Words.complain(error.message, hint: error.hint)
      throw error.exitStatus
    }
    let directory = String(decoding: status.policyDirectory, as: UTF8.self)
    let disk = DiskPolicy(directory: directory, inForce: status.digest)
    StandardStreams.output(json ? "\(status.json(directory, disk))\n" : status.text(directory, disk))
  }
}

/// The policy on disk, beside the one in force.
private enum DiskPolicy {
  case same
  case other(digest: String)
  case broken(errors: Int)

  init(directory: String, inForce digest: String) {
    do throws(PolicyFilesError) {
      let policy = try PolicyLoader().load(directory: directory).policy
      self = policy.digest == digest ? .same : .other(digest: policy.digest)
    } catch {
      self = .broken(errors: error.diagnostics.count { $0.severity == .error })
    }
  }

  var words: String {
    switch self {
    case .same: "the same"
    case .other(let digest): "\(digest.prefix(16)), not in force\nhint: keyhole policy reload"
    case .broken(let errors): "\(counted(errors, "error"))\nhint: keyhole policy check"
    }
  }

  var json: JSONValue {
    switch self {
    case .same: "same"
    case .other: "differs"
    case .broken: "broken"
    }
  }
}

extension ControlClient {
  func status() throws(ControlFailure) -> BrokerStatus {
    switch try ask(.status).reply {
    case .status(let status): return status
    case .failed(let reason, _): throw .noAnswer(reason)
    case .reloaded, .kept: throw .noAnswer("it answered something else than was asked")
    }
  }
}

extension BrokerStatus {
  fileprivate func text(_ directory: String, _ disk: DiskPolicy) -> String {
    let counts = [
      counted(commands, "command"), counted(secrets, "secret"),
      counted(publicTrees, "public tree"), counted(roles, "role"), counted(agents, "agent"),
    ].joined(separator: ", ")
    return """
      policy   \(digest.prefix(16)) since \(UTCTime(secondsSince1970: loadedAt)), from \(TerminalText.safe(directory))
               \(counts)
      on disk  \(disk.words)
      calls    \(runningCalls) of \(mostCalls)\(recordsCalls ? "" : ", NOT RECORDED: audit is off")
      sessions \(sessions)
      broker   since \(UTCTime(secondsSince1970: startedAt))

      """
  }

  fileprivate func json(_ directory: String, _ disk: DiskPolicy) -> JSONValue {
    [
      "policy": .text(digest), "directory": .text(directory), "disk": disk.json,
      "loaded": .text("\(UTCTime(secondsSince1970: loadedAt))"),
      "started": .text("\(UTCTime(secondsSince1970: startedAt))"), "commands": .number(Int(commands)),
      "secrets": .number(Int(secrets)), "public": .number(Int(publicTrees)), "roles": .number(Int(roles)),
      "agents": .number(Int(agents)), "running-calls": .number(Int(runningCalls)),
      "most-calls": .number(Int(mostCalls)), "records-calls": .bool(recordsCalls),
      "sessions": .number(Int(sessions)),
    ]
  }
}
