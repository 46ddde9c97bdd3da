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
  private let isExecutable: (_ path: String) -> Bool

  /// `isExecutable` says whether an executable is on this host; by default the file system is asked.
  public init(isExecutable: ((_ path: String) -> Bool)? = nil) {
    self.isExecutable = isExecutable ?? InstalledPrograms.contain
  }

  /// Loads all `*.yaml` below `directory`.
  ///
  /// - Throws: `PolicyFilesError` with all that is wrong, never only the first error.
  public func load(directory: String) throws(PolicyFilesError) -> LoadedPolicy {
    let source = PolicyDirectory(directory)
    var merge = PolicyMerge(diagnostics: source.diagnostics)
    for file in source.files { merge.add(file) }
    let policy = merge.policy(digest: PolicyDigest.hexadecimal(of: source.files), directory: directory)
    // Examples are judged only by a policy that is whole: otherwise one mistake would be shown as many.
    if !merge.hasErrors { merge.diagnostics += ExampleCheck(policy: policy, files: source.files).diagnostics }
    if merge.hasErrors { throw PolicyFilesError(diagnostics: merge.diagnostics.inOrder) }
    let installed = policy.installed(where: isExecutable)
    merge.diagnostics += merge.missingExecutables(in: installed)
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
