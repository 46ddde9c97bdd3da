internal import Kernel
public import Policy
internal import SecretPaths
internal import Yams

/// A policy, and what its author should know although it loaded.
public struct LoadedPolicy: Sendable {
  public var policy: Policy
  public var warnings: [Diagnostic]
}

/// Loads a policy directory: reads its files, merges them, checks names, keys and examples.
public struct PolicyLoader {
  private let availability: ((_ executable: String) -> Availability)?
  private let hostName: String
  private let now: Int64?

  /// `availability` says how an executable is on this host; by default the file system is asked. `hostName` says which
  /// entries of `hosts` hold; by default the kernel is asked. `now`, in seconds since 1970, says which agents have expired,
  /// which is a warning; by default the clock is asked.
  public init(
    hostName: String? = nil, now: Int64? = nil,
    availability: ((_ executable: String) -> Availability)? = nil
  ) {
    self.now = now
    self.availability = availability
    self.hostName = hostName ?? LocalHostName.current
  }

  /// For tests and checks of a policy for another host: `isExecutable` says whether an executable is there.
  public init(
    hostName: String? = nil, now: Int64? = nil, isExecutable: @escaping (_ path: String) -> Bool
  ) {
    self.init(
      hostName: hostName, now: now, availability: { isExecutable($0) ? .usable : .notInstalled })
  }

  /// Loads all `*.yaml` below `directory`.
  ///
  /// - Throws: `PolicyFilesError` with all that is wrong, never only the first error.
  public func load(directory: String) throws(PolicyFilesError) -> LoadedPolicy {
    var source = PolicyDirectory(directory)
    var merge = PolicyMerge(diagnostics: source.diagnostics)
    merge.addAll(of: &source)
    let (everywhere, here) = merge.policy(
      digest: PolicyDigest.hexadecimal(of: source.files), directory: directory,
      host: HostName(full: hostName), now: now ?? MonotonicClock.wallClock / 1_000_000_000)
    // Examples are judged only by a policy that is whole: otherwise one mistake would be shown as many. They hold on
    // every host.
    if !merge.hasErrors {
      merge.diagnostics += ExampleCheck(policy: everywhere, files: source.files).diagnostics
    }
    if merge.hasErrors { throw PolicyFilesError(diagnostics: merge.diagnostics.inOrder) }
    merge.warnOfShadows()
    var programs = InstalledPrograms()
    let disabled = merge.disabled
    let installed = here.installed { rule in
      if let place = disabled[rule.name] { return .disabled(place) }
      let own = availability?(rule.executable) ?? programs.availability(of: rule.executable)
      guard own == .usable else { return own }
      // A program that it may start and that is missing costs it a part of what it can do, no more.
      for program in rule.needs.programs {
        if case .unsafe(let reason) = availability?(program) ?? programs.availability(of: program) {
          return .unsafe(reason)
        }
      }
      return .usable
    }
    merge.diagnostics += merge.unavailable(in: installed)
    return LoadedPolicy(policy: installed, warnings: merge.diagnostics.inOrder)
  }
}

extension [Diagnostic] {
  /// By file, then by place.
  var inOrder: [Diagnostic] {
    enumerated().sorted { left, right in
      let (first, second) = (left.element.location, right.element.location)
      return (first.file, first.line, first.column, left.offset) < (
        second.file, second.line, second.column, right.offset
      )
    }.map(\.element)
  }
}
