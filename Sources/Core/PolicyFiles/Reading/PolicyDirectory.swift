internal import Glibc
internal import Policy

/// Reads the files of a policy directory, and only those that nobody but root or the caller can have written.
///
/// Every file is opened once, without following a link, and what is checked is the open descriptor.
struct PolicyDirectory {
  static let largestFile = 1 << 20
  static let mostFiles = 1_000
  static let deepest = 8

  private(set) var files: [SourceFile] = []
  private(set) var diagnostics: [Diagnostic] = []

  /// Reads all `*.yaml` below `path`, sorted by name. What is wrong is in `diagnostics`.
  init(_ path: String) {
    let shown = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    // The directory may be named through a link, as /etc is managed on some systems; what lies below it may not.
    guard let real = SystemCalls.realPath(shown) else {
      fail(shown, "cannot find the policy directory: \(SystemCalls.errorText)", "name it with --policy DIR")
      return
    }
    checkAncestors(of: real)
    read(directory: SystemCalls.open(real, isDirectory: true), path: shown, name: "", depth: 0)
    files.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private mutating func fail(
    _ path: String, _ message: String, _ hint: String = "", severity: Diagnostic.Severity = .error
  ) {
    diagnostics.append(
      Diagnostic(
        location: SourceLocation(file: path, line: 0, column: 0), severity: severity, message: message,
        hint: hint))
  }

  /// Who can write a directory above can put another policy in this one's place.
  private mutating func checkAncestors(of path: String) {
    var ancestor = path
    while let slash = ancestor.lastIndex(of: "/"), ancestor != "/" {
      ancestor = slash == ancestor.startIndex ? "/" : String(ancestor[..<slash])
      guard let descriptor = SystemCalls.open(ancestor, isDirectory: true) else {
        // Search permission is enough to pass through.
        continue
      }
      defer { SystemCalls.close(descriptor) }
      guard let status = SystemCalls.status(of: descriptor) else { continue }
      // In a sticky directory nobody can rename another's entries.
      check(status, ancestor, allowsSticky: true)
    }
  }

  private mutating func read(directory: Int32?, path: String, name: String, depth: Int) {
    guard let directory else {
      fail(path, "cannot open the directory: \(SystemCalls.errorText)")
      return
    }
    defer { SystemCalls.close(directory) }
    guard let status = SystemCalls.status(of: directory), check(status, path) else { return }
    guard depth <= Self.deepest else {
      fail(path, "directories are nested too deeply", "at most \(Self.deepest) levels")
      return
    }
    guard let entries = SystemCalls.names(in: directory) else {
      fail(path, "cannot list the directory: \(SystemCalls.errorText)")
      return
    }
    for entry in entries.sorted() where !entry.hasPrefix(".") {
      let entryPath = path + "/" + entry
      let entryName = name.isEmpty ? entry : name + "/" + entry
      switch SystemCalls.kind(of: entry, in: directory) {
      case .directory:
        read(
          directory: SystemCalls.open(entry, in: directory, isDirectory: true), path: entryPath,
          name: entryName,
          depth: depth + 1)
      case .file where entry.hasSuffix(".yaml"):
        read(
          file: SystemCalls.open(entry, in: directory, isDirectory: false), path: entryPath, name: entryName)
      case .file:
        if entry.hasSuffix(".yml") {
          fail(entryPath, "the file is not read", "its name must end in .yaml", severity: .warning)
        }
      case .link where entry.hasSuffix(".yaml") || !entry.contains("."):
        fail(entryPath, "symbolic links are not followed", "put the file itself here")
      case .other where entry.hasSuffix(".yaml"):
        fail(entryPath, "not a regular file")
      case .link, .other: break
      }
    }
  }

  private mutating func read(file: Int32?, path: String, name: String) {
    guard let file else {
      fail(path, "cannot open the file: \(SystemCalls.errorText)")
      return
    }
    defer { SystemCalls.close(file) }
    guard let status = SystemCalls.status(of: file), check(status, path) else { return }
    guard status.isRegular else {
      fail(path, "not a regular file")
      return
    }
    guard files.count < Self.mostFiles else {
      fail(path, "too many policy files", "at most \(Self.mostFiles)")
      return
    }
    guard let bytes = SystemCalls.contents(of: file, atMost: Self.largestFile + 1) else {
      fail(path, "cannot read the file: \(SystemCalls.errorText)")
      return
    }
    guard bytes.count <= Self.largestFile else {
      fail(path, "the file is larger than 1 MiB", "split it: all files of the directory are merged")
      return
    }
    files.append(SourceFile(path: path, name: name, bytes: bytes))
  }

  @discardableResult
  private mutating func check(_ status: SystemCalls.Status, _ path: String, allowsSticky: Bool = false)
    -> Bool
  {
    let own = SystemCalls.effectiveUser
    guard status.owner == 0 || status.owner == own else {
      fail(path, "owned by uid \(status.owner), who could change the policy", "chown root: \(path)")
      return false
    }
    guard status.mode & 0o022 == 0 || allowsSticky && status.mode & 0o1000 != 0 else {
      let who = [(0o020, "g"), (0o002, "o")].filter { status.mode & $0.0 != 0 }.map(\.1).joined()
      fail(path, "writable by others than its owner", "chmod \(who)-w \(path)")
      return false
    }
    return true
  }
}
