internal import Kernel
public import SecretPaths

/// Finds the denied files that have more than one name. Runs with the privilege to see them.
public enum DeniedFileWalk {
  /// What a walk found, ready to be mapped by the sandbox.
  public struct Result: Sendable {
    public var bytes: [UInt8]
    public var found: Int
    /// False when it gave up, or a directory could not be read: every file with several names is then refused.
    public var isComplete: Bool
  }

  /// How many names a walk looks at before it gives up.
  public static let mostNames = 4_000_000

  /// Walks the trees that the patterns can match, without following links or leaving names unread.
  public static func run(_ secrets: SecretPaths) -> Result {
    let start = MonotonicClock.wallClock
    var walk = Walk(secrets: secrets)
    for entry in secrets.entries where !isWithoutHardLinks(entry.pattern.literalPrefix) {
      walk.visit(entry.pattern)
    }
    return Result(
      bytes: DeniedFileIndex.file(of: Array(walk.found), madeAt: start, complete: walk.isComplete),
      found: walk.found.count, isComplete: walk.isComplete)
  }

  /// Kernel file systems: nothing there can be linked.
  private static func isWithoutHardLinks(_ prefix: [UInt8]) -> Bool {
    ["/proc", "/sys"].contains { name in
      prefix == Array(name.utf8) || prefix.starts(with: Array("\(name)/".utf8))
    }
  }
}

private struct Walk {
  let secrets: SecretPaths
  var found: Set<DeniedFile> = []
  var isComplete = true
  private var seen = 0
  /// Directories that were walked whole, so that overlapping patterns cost nothing.
  private var walked: Set<[UInt8]> = []

  init(secrets: SecretPaths) {
    self.secrets = secrets
  }

  mutating func visit(_ pattern: PathPattern) {
    let components = pattern.bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
    descend([], components[...], matched: [])
  }

  /// Follows the pattern a component at a time; below a full match, and from `**` on, everything is walked.
  private mutating func descend(_ path: [UInt8], _ rest: ArraySlice<[UInt8]>, matched: [UInt8]) {
    guard let component = rest.first, component != Array("**".utf8) else { return collect(path) }
    let prefix = matched + [UInt8(ascii: "/")] + component
    guard let pattern = try? PathPattern(prefix) else { return isComplete = false }
    if pattern.isLiteral, let literal = try? NamePattern(component).literal {
      return descend(path + [UInt8(ascii: "/")] + literal, rest.dropFirst(), matched: prefix)
    }
    for name in names(in: path) {
      let next = path + [UInt8(ascii: "/")] + name
      if pattern.matches(next) { descend(next, rest.dropFirst(), matched: prefix) }
    }
  }

  private mutating func collect(_ path: [UInt8]) {
    guard let status = status(of: path), seen < DeniedFileWalk.mostNames else { return }
    seen += 1
    if seen == DeniedFileWalk.mostNames { isComplete = false }
    if status.kind == .regular && status.links > 1 && secrets.denial(of: path) != nil {
      found.insert(DeniedFile(status))
    }
    guard status.kind == .directory, walked.insert(path).inserted else { return }
    for name in names(in: path) { collect(path + [UInt8(ascii: "/")] + name) }
  }

  private func status(of path: [UInt8]) -> FileStatus? {
    guard let path = FilePath(path) else { return nil }
    return try? FileDescriptor.open(path, [.path, .noFollow]).status()
  }

  private mutating func names(in directory: [UInt8]) -> [[UInt8]] {
    guard let path = FilePath(directory.isEmpty ? [UInt8(ascii: "/")] : directory) else { return [] }
    do throws(KernelError) {
      return try FileDescriptor.open(path, [.directory, .noFollow, .nonBlocking]).entries(
        limit: DeniedFileWalk.mostNames)
    } catch {
      // Absent trees hold nothing; unreadable ones may.
      if !error.isAbsence { isComplete = false }
      return []
    }
  }
}
