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

  /// The object of a request by `thread`. The path must not have been judged by its text: only what comes back counts. A
  /// caller in the view of `shown` starts from directories of that.
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
    var walk = try walk(request, by: thread, in: shown)
    while walk.nextName != nil { try walk.advance(self, thread) }
    let object = try walk.object()
    if object.isBelow(ownDirectory) && !isForOthers(object) {
      throw KernelError(.openat2, on: request.path.description, code: EACCES)
    }
    return object
  }

  /// The same way, a name at a time.
  func walk(
    _ request: OpenRequest, by thread: ProcessID, in shown: PublicTrees?
  ) throws(KernelError) -> PathWalk {
    let start: FileDescriptor =
      request.path.isAbsolute && !request.resolve.contains(.inRoot)
      ? try .open("/", .path) : try directory(request.base, of: thread, in: shown)
    return PathWalk(request, from: start, followsLast: !request.flags.contains(.noFollow))
  }

  /// What the kernel shows of the supervisor's own process to others of its user, since it may not be traced.
  private static let forOthers: Set<String> = [
    "", "/stat", "/statm", "/status", "/cmdline", "/comm", "/cgroup", "/limits", "/sched", "/schedstat",
    "/wchan",
    "/oom_score", "/oom_score_adj", "/loginuid", "/sessionid", "/task",
  ]

  private func isForOthers(_ object: borrowing ResolvedObject) -> Bool {
    Self.forOthers.contains(String(decoding: object.location.dropFirst(ownDirectory.count), as: UTF8.self))
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

  /// The text of a link that is another one for the caller than for the supervisor: `/proc/self` and `/proc/thread-self`;
  /// nil for all others.
  func text(of link: borrowing ResolvedObject, for thread: ProcessID) throws(KernelError) -> [UInt8]? {
    let proc = Array("/proc/".utf8)
    guard link.location.starts(with: proc), link.status.kind == .symbolicLink else { return nil }
    let name = Array(link.location.dropFirst(proc.count))
    guard name == Array("self".utf8) || name == Array("thread-self".utf8) else { return nil }
    return try procSelf(name, for: thread)
  }

  /// What `/proc/self` or `/proc/thread-self` is to the caller. Threads other than the first see their process.
  func procSelf(_ name: [UInt8], for thread: ProcessID) throws(KernelError) -> [UInt8] {
    guard let number = try callers.hostNumber(ofProcessWith: thread) else {
      throw KernelError(.readlink, on: "/proc/self", code: ESRCH)
    }
    return name == Array("self".utf8) ? number : number + Array("/task/".utf8) + number
  }
}
