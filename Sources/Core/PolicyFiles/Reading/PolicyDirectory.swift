internal import Kernel
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
  /// The files that were read, by what they are and not by what they are called.
  private var known: Set<Identity> = []

  private struct Identity: Hashable {
    var device: FileStatus.Device
    var inode: UInt64
  }

  /// Reads all `*.yaml` below `path`, sorted by name. What is wrong is in `diagnostics`.
  init(_ path: String) {
    let shown = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    do throws(KernelError) {
      // The directory may be named through a link, as /etc is managed on some systems; what lies below it may not.
      let directory = try Self.open(Array(shown.utf8), [.directory])
      checkAncestors(of: try directory.location())
      try read(directory, path: shown, name: "", depth: 0)
    } catch {
      fail(shown, "cannot read the policy directory: \(error)", "name it with --policy DIR")
    }
    sort()
  }

  private mutating func sort() {
    files.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Reads another file, or all `*.yaml` below another directory, under the same conditions, and returns those files
  /// that were not read before. They are named by their absolute paths.
  ///
  /// - Throws: when there is nothing of the name. What else is wrong is in `diagnostics`.
  mutating func include(_ path: String) throws(KernelError) -> [SourceFile] {
    let before = Set(files.map(\.name))
    let entry = try Self.open(Array(path.utf8), [.path, .noFollow])
    switch try entry.status().kind {
    case .directory:
      let directory = try entry.reopen([.directory])
      checkAncestors(of: try directory.location())
      try read(directory, path: path, name: path, depth: 0)
    case .symbolicLink: fail(path, "symbolic links are not followed", "include the file itself")
    default:
      let file = try Self.open(Array(path.utf8), [.readOnly, .noFollow, .nonBlocking])
      checkAncestors(of: try file.location())
      try read(file, path: path, name: path)
    }
    sort()
    return files.filter { !before.contains($0.name) }
  }

  private static func open(_ path: [UInt8], _ flags: OpenFlags) throws(KernelError) -> FileDescriptor {
    guard let path = FilePath(path) else { throw KernelError(.openat2, code: 22) }
    return try FileDescriptor.open(path, flags)
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
  private mutating func checkAncestors(of path: [UInt8]) {
    let slash = UInt8(ascii: "/")
    var ancestor = path[...]
    while ancestor.count > 1, let last = ancestor.lastIndex(of: slash) {
      ancestor = ancestor[..<max(last, 1)]
      do throws(KernelError) {
        let status = try Self.open(Array(ancestor), [.path, .directory]).status()
        // In a sticky directory nobody can rename another's entries.
        check(status, String(decoding: ancestor, as: UTF8.self), allowsSticky: true)
      } catch {
        fail(String(decoding: ancestor, as: UTF8.self), "cannot be looked at: \(error)")
      }
    }
  }

  private mutating func read(
    _ directory: borrowing FileDescriptor, path: String, name: String, depth: Int
  ) throws(KernelError) {
    guard check(try directory.status(), path) else { return }
    guard depth <= Self.deepest else {
      fail(path, "directories are nested too deeply", "at most \(Self.deepest) levels")
      return
    }
    for bytes in try directory.entries(limit: 10 * Self.mostFiles) where bytes.first != UInt8(ascii: ".") {
      guard let file = FilePath(bytes) else { continue }
      let entry = String(decoding: bytes, as: UTF8.self)
      let entryPath = path + "/" + entry
      do throws(KernelError) {
        try read(
          file, in: directory, path: entryPath, name: name.isEmpty ? entry : name + "/" + entry, depth: depth)
      } catch {
        fail(entryPath, "cannot be read: \(error)")
      }
    }
  }

  private mutating func read(
    _ entry: FilePath, in directory: borrowing FileDescriptor, path: String, name: String, depth: Int
  ) throws(KernelError) {
    let isPolicy = name.hasSuffix(".yaml")
    switch try directory.status(of: entry).kind {
    case .directory:
      try read(try directory.open(entry, [.directory, .noFollow]), path: path, name: name, depth: depth + 1)
    case .regular where isPolicy:
      // Between the look and the open the name may have become another's; what counts is what is open now.
      try read(try directory.open(entry, [.readOnly, .noFollow, .nonBlocking]), path: path, name: name)
    case .regular where name.hasSuffix(".yml"):
      fail(path, "the file is not read", "its name must end in .yaml", severity: .warning)
    case .symbolicLink where isPolicy || !entry.bytes.contains(UInt8(ascii: ".")):
      fail(path, "symbolic links are not followed", "put the file itself here")
    case .regular, .symbolicLink: break
    case .fifo, .socket, .characterDevice, .blockDevice, .other:
      if isPolicy { fail(path, "not a regular file") }
    }
  }

  private mutating func read(_ file: borrowing FileDescriptor, path: String, name: String) throws(KernelError)
  {
    let status = try file.status()
    guard check(status, path) else { return }
    guard status.kind == .regular else {
      fail(path, "not a regular file")
      return
    }
    guard known.insert(Identity(device: status.device, inode: status.inode)).inserted else { return }
    guard files.count < Self.mostFiles else {
      fail(path, "too many policy files", "at most \(Self.mostFiles)")
      return
    }
    let bytes = try file.readAll(limit: Self.largestFile)
    guard bytes.count <= Self.largestFile else {
      fail(path, "the file is larger than 1 MiB", "split it: all files of the directory are merged")
      return
    }
    files.append(SourceFile(path: path, name: name, bytes: bytes))
  }

  @discardableResult
  private mutating func check(_ status: FileStatus, _ path: String, allowsSticky: Bool = false) -> Bool {
    guard status.user == .root || status.user == .effective else {
      fail(path, "owned by uid \(status.user), who could change the policy", "chown root: \(path)")
      return false
    }
    guard status.mode & 0o022 == 0 || allowsSticky && status.mode & 0o1000 != 0 else {
      let who = [(0o020, "g"), (0o002, "o")].filter { Int(status.mode) & $0.0 != 0 }.map(\.1).joined()
      fail(path, "writable by others than its owner", "chmod \(who)-w \(path)")
      return false
    }
    return true
  }
}
