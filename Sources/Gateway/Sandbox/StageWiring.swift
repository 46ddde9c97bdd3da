internal import Wire

/// Where a stage's streams lead, after its redirections, from left to right as in a shell.
struct StageWiring: Equatable {
  enum Sink: Equatable {
    /// The input of the stage to the right.
    case nextStage
    case callerOutput
    case callerError
    case null
  }

  private(set) var inputIsNull = false
  private(set) var output: Sink
  private(set) var error: Sink = .callerError

  init(_ redirections: [PlannedStage.Redirection], feedsNext: Bool) {
    output = feedsNext ? .nextStage : .callerOutput
    for redirection in redirections {
      switch redirection {
      case .errorToOutput: error = output
      case .errorToNull: error = .null
      case .outputToNull: output = .null
      case .inputFromNull: inputIsNull = true
      case .bothToNull:
        output = .null
        error = .null
      }
    }
  }
}
