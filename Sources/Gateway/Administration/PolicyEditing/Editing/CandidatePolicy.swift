internal import Kernel
internal import Policy
internal import PolicyFiles

/// A policy as it would be with one file changed: loaded from a private copy, by the loader that the broker uses, with the
/// names of the real directory in its messages.
struct CandidatePolicy {
  let directory: String
  /// Where the copy is.
  private let copy: String
  /// The directory as it was when the copy was made.
  let base: PolicySnapshot
  let outcome: Outcome

  enum Outcome {
    case loads(LoadedPolicy)
    /// By file, then by place.
    case broken([Diagnostic])
  }

  /// `bytes` nil: with the file taken away.
  init(
    of directory: String, with bytes: [UInt8]?, at name: String, in place: PrivateDirectory
  ) throws(KernelError) {
    self.directory = directory
    base = try PolicySnapshot(of: directory)
    copy = try place.directory("policy")
    try base.copy(to: copy, with: bytes, at: name)
    do throws(PolicyFilesError) {
      var loaded = try PolicyLoader().load(directory: copy)
      loaded.warnings = Self.renamed(loaded.warnings, from: copy, to: directory)
      outcome = .loads(loaded)
    } catch {
      outcome = .broken(Self.renamed(error.diagnostics, from: copy, to: directory))
    }
  }

  private static func shown(_ directory: String) -> String {
    directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
  }

  private static func renamed(
    _ diagnostics: [Diagnostic], from copy: String, to directory: String
  ) -> [Diagnostic] {
    let shown = shown(directory)
    return diagnostics.map { diagnostic in
      var diagnostic = diagnostic
      diagnostic.location.file.replace(copy, with: shown)
      diagnostic.message.replace(copy, with: shown)
      diagnostic.hint.replace(copy, with: shown)
      return diagnostic
    }
  }
}

extension CandidatePolicy {
  /// A text about the copy, as it reads for the directory itself.
  func named(_ text: String) -> String { text.replacing(copy, with: Self.shown(directory)) }
}

/// Says what a change to a policy changes.
struct ChangeReport: Sendable {
  /// What there is to compare. `old` is nil when the policy did not load before.
  struct Change: Sendable {
    var directory: String
    var old: Policy?
    var new: Policy
    var oldText: [UInt8]
    var newText: [UInt8]
  }

  /// Text for a terminal, whole lines.
  var describe: @Sendable (Change) -> String

  /// The lines that changed, and what `keyhole policy diff` says of their meaning.
  static let standard = ChangeReport { change in
    let lines = TextDifference(from: change.oldText, to: change.newText)
    guard let old = change.old else {
      return "\(lines)the policy did not load before\nnew: \(change.new.summary)\n"
    }
    let report = ComparisonReport(
      old: .init(directory: change.directory, policy: old),
      new: .init(directory: change.directory, policy: change.new),
      lines: [])
    return "\(lines)\(report.text)"
  }
}
