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

  /// Inodes are stamped from a clock that lags by a tick, and on network file systems from another machine's.
  private static let clockMargin: Int64 = 2_000_000_000

  /// Walks the trees that the patterns can match, without following links or leaving names unread.
  public static func run(_ secrets: SecretPaths) -> Result {
    let start = MonotonicClock.wallClock
    var walk = Walk(secrets: secrets)
    for entry in secrets.entries where !isWithoutHardLinks(entry.pattern.literalPrefix) {
      walk.visit(entry.pattern)
    }
    return Result(
      bytes: DeniedFileIndex.file(
        of: Array(walk.found), madeAt: start - clockMargin, complete: walk.isComplete),
      found: walk.found.count, isComplete: walk.isComplete)
  }

  /// Kernel file systems: nothing there can be linked.
  fileprivate static func isWithoutHardLinks(_ path: [UInt8]) -> Bool {
    LexicalPath.isBelow(path, Array("/proc".utf8)) || LexicalPath.isBelow(path, Array("/sys".utf8))
  }
}

private struct Walk {
  let secrets: SecretPaths
  var found: Set<DeniedFile> = []
  var isComplete = true
  private var seen = 0
  /// Trees that were walked whole, so that overlapping patterns cost nothing.
  private var roots: [[UInt8]] = []

  private static let slash = UInt8(ascii: "/")

  init(secrets: SecretPaths) {
    self.secrets = secrets
  }

  /// Follows a pattern a component at a time; below a full match, and from `**` on, everything is walked.
  mutating func visit(_ pattern: PathPattern) {
    let components = pattern.bytes.split(separator: Self.slash).map(Array.init)
    descend([], components[...], matched: [])
  }

  private mutating func descend(_ path: [UInt8], _ rest: ArraySlice<[UInt8]>, matched: [UInt8]) {
    guard let component = rest.first, component != Array("**".utf8) else {
      return walkTree(path.isEmpty ? [Self.slash] : path)
    }
    let prefix = matched + [Self.slash] + component
    guard let pattern = try? PathPattern(prefix) else {
      isComplete = false
      return
    }
    if pattern.isLiteral, let literal = try? NamePattern(component).literal {
      return descend(path + [Self.slash] + literal, rest.dropFirst(), matched: prefix)
    }
    guard let directory = open(path.isEmpty ? [Self.slash] : path) else { return }
    for name in names(in: directory) {
      let next = path + [Self.slash] + name
      if pattern.matches(next) { descend(next, rest.dropFirst(), matched: prefix) }
    }
  }

  private mutating func walkTree(_ path: [UInt8]) {
    if roots.contains(where: { LexicalPath.isBelow(path, $0) }) { return }
    guard let name = FilePath(path), let status = try? FileDescriptor.open(name, [.path, .noFollow]).status()
    else {
      return
    }
    look(at: status, path)
    if status.kind == .directory, let directory = open(path) {
      roots.append(path)
      walk(directory, path == [Self.slash] ? [] : path)
    }
  }

  private mutating func walk(_ directory: borrowing FileDescriptor, _ path: [UInt8]) {
    for name in names(in: directory) {
      guard seen < DeniedFileWalk.mostNames else {
        isComplete = false
        return
      }
      seen += 1
      guard let entry = FilePath(name), let status = try? directory.status(of: entry) else { continue }
      let below = path + [Self.slash] + name
      look(at: status, below)
      if status.kind == .directory, !DeniedFileWalk.isWithoutHardLinks(below),
        let next = open(entry, in: directory)
      {
        walk(next, below)
      }
    }
  }

  private mutating func look(at status: FileStatus, _ path: [UInt8]) {
    if status.kind == .regular && status.links > 1 && secrets.denial(of: path) != nil {
      found.insert(DeniedFile(status))
    }
  }

  private mutating func open(_ path: [UInt8]) -> FileDescriptor? {
    guard let path = FilePath(path) else { return nil }
    do throws(KernelError) {
      return try .open(path, [.directory, .noFollow, .nonBlocking])
    } catch {
      noteUnreadable(error)
      return nil
    }
  }

  private mutating func open(_ name: FilePath, in directory: borrowing FileDescriptor) -> FileDescriptor? {
    do throws(KernelError) {
      return try directory.open(name, [.directory, .noFollow, .nonBlocking])
    } catch {
      noteUnreadable(error)
      return nil
    }
  }

  private mutating func names(in directory: borrowing FileDescriptor) -> [[UInt8]] {
    do throws(KernelError) {
      return try directory.entries(limit: DeniedFileWalk.mostNames)
    } catch {
      noteUnreadable(error)
      return []
    }
  }

  /// What is not there holds nothing; what cannot be read may.
  private mutating func noteUnreadable(_ error: KernelError) {
    if !error.isAbsence { isComplete = false }
  }
}
