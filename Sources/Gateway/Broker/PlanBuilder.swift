internal import CommandGrammar
internal import Kernel
internal import Policy
internal import SecretPaths
internal import SystemCallFilter
internal import Wire

/// Turns a judged line into what keyhole-exec executes. Nothing is decided here.
struct PlanBuilder {
  let force: PolicyInForce

  func plan(for line: JudgedLine) -> CallPlan {
    CallPlan(
      limits: CallLimits(
        time: UInt32(clamping: line.limits.time), output: UInt64(clamping: line.limits.output)),
      steps: line.steps.map { step in
        PlannedStep(condition: Self.condition(step.condition), stages: step.stages.map(stage))
      }, publicTrees: force.view?.trees ?? [])
  }

  func confinement(for plan: CallPlan, user: UserID, group: GroupID) -> Confinement {
    let programs = plan.steps.flatMap(\.stages).compactMap { stage -> PlannedProgram? in
      if case .run(let program) = stage.action { program } else { nil }
    }
    return Confinement(
      user: user.rawValue, group: group.rawValue,
      keepsReadPrivilege: programs.contains { !$0.readable.isEmpty },
      keepsGroupPrivilege: programs.contains { !$0.groups.isEmpty },
      keepsRootPrivilege: programs.contains { $0.viewFilter != nil },
      isolatesNetwork: !programs.contains { FilterFeatures(rawValue: $0.filter).contains(.netlink) })
  }

  private static func condition(_ condition: Step.Condition) -> PlannedStep.Condition {
    switch condition {
    case .always: .always
    case .afterSuccess: .afterSuccess
    case .afterFailure: .afterFailure
    }
  }

  private func stage(_ stage: JudgedStage) -> PlannedStage {
    let action: PlannedStage.Action =
      switch stage.action {
      case .run(let execution): .run(program(execution))
      case .say(let output, let error, let status):
        .say(output: Array(output.utf8), error: Array(error.utf8), status: status)
      case .changeDirectory(let path): .changeDirectory(to: Array(path.utf8))
      }
    return PlannedStage(action: action, redirections: stage.redirections.map(Self.redirection))
  }

  private static func redirection(_ redirection: Redirection) -> PlannedStage.Redirection {
    switch redirection {
    case .errorToOutput: .errorToOutput
    case .errorToNull: .errorToNull
    case .outputToNull: .outputToNull
    case .inputFromNull: .inputFromNull
    case .bothToNull: .bothToNull
    }
  }

  private func program(_ execution: Execution) -> PlannedProgram {
    PlannedProgram(
      executable: Array(execution.executable.utf8),
      arguments: execution.arguments.map { argument in
        switch argument {
        case .literal(let text): .literal(Array(text.utf8))
        case .glob(let word): .glob(word.pattern)
        }
      },
      environment: execution.environment.map { Array($0.utf8) },
      groups: execution.needs.groups.compactMap { force.groups[$0]?.rawValue },
      sockets: execution.needs.sockets.map { Array($0.utf8) },
      readable: execution.needs.read.map { Array($0.utf8) },
      programs: execution.needs.programs.map { Array($0.utf8) },
      scratch: UInt64(clamping: execution.needs.scratch), filter: Self.features(execution.needs).rawValue,
      memory: UInt64(clamping: execution.limits.memory),
      processes: UInt32(clamping: execution.limits.processes),
      maximumOperands: UInt32(clamping: execution.maximumOperands),
      viewFilter: isShown(execution) ? FilterFeatures.publicView.rawValue : nil)
  }

  /// Whether the public view shows all that the program's words name.
  private func isShown(_ execution: Execution) -> Bool {
    guard !execution.publicTrees.isEmpty, let view = force.view else { return false }
    return !execution.arguments.contains { argument in
      let text =
        switch argument {
        case .literal(let text): Array(text.utf8)
        case .glob(let word): word.pattern
        }
      return view.elsewhere.contains { text.starts(with: $0) }
    }
  }

  private static func features(_ needs: Needs) -> FilterFeatures {
    var features: FilterFeatures = []
    if !needs.sockets.isEmpty { features.insert(.localServices) }
    if !needs.netlink.isEmpty { features.insert(.netlink) }
    if !needs.programs.isEmpty { features.insert(.programs) }
    return features
  }
}
