internal import Glibc
internal import Kernel

/// Turns a path into the object it names, for a process that is not this one, without opening the object: the
/// descriptor is O_PATH.
///
/// The kernel walks the path whenever it would walk the same way for the command. Two kinds of links mean another
/// thing to the supervisor than to the command, so they are walked here, name by name: `/proc/self`, and the links that
/// procfs follows by object.
struct PathResolver: ~Copyable {
  let callers: CallerView
  /// `/proc/N` of the supervisor: what the kernel makes of `/proc/self` here.
  private let ownDirectory: [UInt8]

  init(callers: consuming CallerView) throws(KernelError) {
    self.callers = callers
    ownDirectory = Array("/proc/".utf8) + (try CallerView.ownHostNumber())
  }

  /// The object of a request by `thread`. The path must not have been judged by its text: only what comes back counts.
  /// A caller in the view of `shown` starts from directories of that.
  func object(
    of request: OpenRequest, by thread: ProcessID, in shown: PublicTrees? = nil
  ) throws(KernelError) -> ResolvedObject {
    do {
      let object = try ResolvedObject(try walkInKernel(request, by: thread, in: shown))
      if !object.isBelow(ownDirectory) { return object }
    } catch  where error.code == ELOOP {
      // A link by object, or a real loop: the walk below tells.
    }
    // The walk does not implement the bounds of openat2.
    if !request.resolve.isEmpty { throw KernelError(.openat2, on: request.path.description, code: EXDEV) }
    let start: FileDescriptor =
      request.path.isAbsolute ? try .open("/", .path) : try directory(request.base, of: thread, in: shown)
    var walk = try PathWalk(request, from: start, followsLast: !request.flags.contains(.noFollow))
    return try ResolvedObject(try walk.run(self: self, thread))
  }

  /// What a descriptor of the caller stands for.
  func object(of base: OpenRequest.Base, by thread: ProcessID) throws(KernelError) -> FileDescriptor {
    try callers.directory(base, of: thread)
  }

  private func directory(
    _ base: OpenRequest.Base, of thread: ProcessID, in shown: PublicTrees?
  ) throws(KernelError) -> FileDescriptor {
    let directory = try callers.directory(base, of: thread)
    guard let shown else { return directory }
    return try shown.hostDirectory(of: directory)
  }

  private func walkInKernel(
    _ request: OpenRequest, by thread: ProcessID, in shown: PublicTrees?
  ) throws(KernelError) -> FileDescriptor {
    let flags = request.flags.intersection([.noFollow, .directory]).union(.path)
    let resolve = request.resolve.union(.noMagicLinks)
    if request.path.isAbsolute && !resolve.contains(.inRoot) {
      return try .open(request.path, flags, resolve: resolve)
    }
    return try directory(request.base, of: thread, in: shown).open(request.path, flags, resolve: resolve)
  }

  /// What `/proc/self` or `/proc/thread-self` is to the caller. Threads other than the first see their process.
  fileprivate func procSelf(_ name: [UInt8], for thread: ProcessID) throws(KernelError) -> [UInt8] {
    guard let number = try callers.hostNumber(ofProcessWith: thread) else {
      throw KernelError(.readlink, on: "/proc/self", code: ESRCH)
    }
    return name == Array("self".utf8) ? number : number + Array("/task/".utf8) + number
  }
}

/// A walk through a path, a name at a time. Every step goes through a descriptor, so nothing that was passed can be
/// exchanged behind it.
private struct PathWalk: ~Copyable {
  private let path: String
  private let followsLast: Bool
  private var place: FileDescriptor
  /// The names still to walk, the next one last.
  private var names: [[UInt8]]
  private var links = 0
  /// As in the kernel: path_resolution(7)
  private static let mostLinks = 40

  init(_ request: OpenRequest, from base: consuming FileDescriptor, followsLast: Bool) throws(KernelError) {
    path = request.path.description
    self.followsLast = followsLast
    place = base
    names = []
    push(request.path.bytes)
  }

  private mutating func push(_ path: [UInt8]) {
    names += path.split(separator: UInt8(ascii: "/")).map(Array.init).reversed()
  }

  mutating func run(self resolver: borrowing PathResolver, _ thread: ProcessID) throws(KernelError)
    -> FileDescriptor
  {
    while let name = names.popLast() {
      if name == Array(".".utf8) { continue }
      guard let path = FilePath(name) else { throw KernelError(.openat2, on: self.path, code: EINVAL) }
      let next = try place.open(path, [.path, .noFollow])
      let isLast = names.isEmpty
      guard try next.status().kind == .symbolicLink, followsLast || !isLast else {
        place = next
        continue
      }
      links += 1
      if links > Self.mostLinks { throw KernelError(.openat2, on: self.path, code: ELOOP) }
      if isProcSelf(name), try place.location() == Array("/proc".utf8) {
        push(try resolver.procSelf(name, for: thread))
      } else if try next.isOnProcfs(), try isLinkByObject(path) {
        place = try place.open(path, .path)
      } else {
        let text = try next.linkText()
        if text.first == UInt8(ascii: "/") { place = try .open("/", .path) }
        push(text)
      }
    }
    return try place.duplicate()
  }

  private func isProcSelf(_ name: [UInt8]) -> Bool {
    name == Array("self".utf8) || name == Array("thread-self".utf8)
  }

  /// Whether a link of procfs has a text that only describes it, such as /proc/1/root: the kernel follows it by
  /// object. (Of other links it says whether there is one on their way, so they are not asked.)
  private func isLinkByObject(_ name: FilePath) throws(KernelError) -> Bool {
    do {
      _ = try place.open(name, .path, resolve: .noMagicLinks)
      return false
    } catch {
      return error.code == ELOOP
    }
  }
}
