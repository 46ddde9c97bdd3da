internal import Glibc
internal import Kernel
internal import Logging
internal import SecretPaths
internal import Synchronization

/// A directory tree in which nothing but a policy's public trees is shown: the root of commands that need no more. Whatever
/// such a command resolves in the kernel leads to a public file or to nothing.
///
/// It lies in a mount namespace without processes. Mounts that the host makes or removes later do not show.
final class PublicView: Sendable {
  /// O_PATH: where the view begins.
  let root: FileDescriptor
  /// The trees that are directories of this host under these very names.
  let trees: [[UInt8]]
  /// Those that lead elsewhere over a link, so that the view does not show them.
  let elsewhere: [[UInt8]]
  /// Keeps the mounts.
  private let namespace: FileDescriptor

  /// Any directory that every host has. In the view's own namespace nothing else is needed there.
  private static let place = Array("/tmp".utf8)
  /// The kernel finds it by its name when it starts a program.
  private static let loader: FilePath = "/lib64/ld-linux-x86-64.so.2"

  init(
    root: consuming FileDescriptor, namespace: consuming FileDescriptor, trees: [[UInt8]],
    elsewhere: [[UInt8]]
  ) {
    self.root = root
    self.namespace = namespace
    self.trees = trees
    self.elsewhere = elsewhere
  }

  /// nil when the policy names no tree that this host has.
  static func make(of trees: [PublicTree]) throws(KernelError) -> PublicView? {
    let (shown, elsewhere) = sorted(trees)
    if shown.isEmpty { return nil }
    let outcome = Outcome()
    // Leaving a namespace holds for one thread: a thread of its own does it, and ends.
    try WorkerThread.perform {
      let made = Result { () throws(KernelError) in try PublicView(shown, elsewhere: elsewhere) }
      outcome.value.withLock { $0 = made }
    }
    return try outcome.value.withLock { $0 }.get()
  }

  private convenience init(_ trees: [[UInt8]], elsewhere: [[UInt8]]) throws(KernelError) {
    try Namespaces.leave([.mount])
    // The service's own umask is for files of its own; commands pass through what is made here.
    FileChanges.withhold(0o022)
    try Namespaces.followHostMounts()
    guard let place = FilePath(Self.place) else { throw KernelError(.mount, code: EINVAL) }
    try Namespaces.coverWithWorkingDirectory(place)
    for tree in trees {
      guard let source = FilePath(tree) else { continue }
      try Namespaces.show(source, at: try Self.makeDirectory(tree))
    }
    try Self.copyRootLinks()
    try Self.showLoader()
    try Namespaces.makeReadOnly(place)
    // What is mounted in a tree later is not the tree that the policy means.
    try Namespaces.keepMountsApart()
    self.init(
      root: try .open(place, [.path, .directory]), namespace: try .open("/proc/thread-self/ns/mnt"),
      trees: trees, elsewhere: elsewhere)
  }

  private static func sorted(_ trees: [PublicTree]) -> (shown: [[UInt8]], elsewhere: [[UInt8]]) {
    var shown: [[UInt8]] = []
    var elsewhere: [[UInt8]] = []
    for tree in trees {
      guard let path = FilePath(tree.path),
        let directory = try? FileDescriptor.open(path, [.path, .directory]),
        let location = try? directory.location()
      else { continue }
      if location == tree.path { shown.append(tree.path) } else { elsewhere.append(tree.path) }
    }
    return (shown, elsewhere)
  }

  /// A merged /usr: links in public trees lead over these names.
  private static func copyRootLinks() throws(KernelError) {
    for name in ["/bin", "/sbin", "/lib"] as [FilePath] {
      guard let text = try? FileDescriptor.linkText(of: name), let target = FilePath(text),
        let link = FilePath(place + name.bytes)
      else { continue }
      try FileChanges.makeLink(link, to: target)
    }
  }

  private static func showLoader() throws(KernelError) {
    let target: FilePath
    do throws(KernelError) {
      _ = try FileDescriptor.open(loader, .path)
      target = try makeFile(Array(loader.bytes))
    } catch  where error.code == ENOENT {
      // A host with another loader starts static programs in the view, and others not at all.
      return
    }
    try Namespaces.show(loader, at: target)
  }

  /// A directory of this name below the place, with those above it.
  private static func makeDirectory(_ path: [UInt8]) throws(KernelError) -> FilePath {
    var below = place
    for name in path.split(separator: UInt8(ascii: "/")) {
      below += [UInt8(ascii: "/")] + name
      guard let directory = FilePath(below) else { throw KernelError(.mkdir, code: EINVAL) }
      try FileChanges.makeDirectory(directory, mode: 0o755)
    }
    guard let directory = FilePath(below) else { throw KernelError(.mkdir, code: EINVAL) }
    return directory
  }

  private static func makeFile(_ path: [UInt8]) throws(KernelError) -> FilePath {
    let end = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
    _ = try makeDirectory(Array(path[..<end]))
    guard let file = FilePath(place + path) else { throw KernelError(.openat2, code: EINVAL) }
    // It may be there already, when a tree holds it.
    _ = try FileDescriptor.open(file, [.create], mode: 0o444)
    return file
  }

  private final class Outcome: Sendable {
    let value = Mutex<Result<PublicView, KernelError>>(.failure(KernelError(.unshare, code: EAGAIN)))
  }
}
