internal import Glibc
internal import Kernel
internal import SecretPaths
internal import Wire

/// Opens files on a command's behalf: resolve to the object, judge the object, reopen that object.
struct FileOpener: ~Copyable {
  /// How an open ended that gave no file.
  enum Failure: Error, Equatable {
    /// As the kernel would have: the command sees this error number.
    case kernel(CInt)
    /// By the sandbox; the command sees EACCES, or EROFS for a change.
    case refused(RefusedAccess)
    /// A hard link that the index of denied files cannot judge yet.
    case undecided(RefusedAccess)

    var code: CInt {
      switch self {
      case .kernel(let code): code
      case .refused(let access): access.operation == .write ? EROFS : EACCES
      case .undecided: EACCES
      }
    }
  }

  let resolver: PathResolver
  var judge: ObjectJudge
  private(set) var privileges: SupervisorPrivileges
  /// Each may grow to what the policy gives, so there are only a few in a call.
  private var scratchFiles = 0
  private static let mostScratchFiles = 8

  init(
    resolver: consuming PathResolver, judge: consuming ObjectJudge, privileges: SupervisorPrivileges
  ) {
    self.privileges = privileges
    self.resolver = resolver
    self.judge = judge
  }

  var mountChanges: PollEntry { judge.mountChanges }
  mutating func readMounts() throws(KernelError) { try judge.readMounts() }

  /// Opens with these supplementary groups from here on.
  mutating func join(_ groups: [UInt32]) throws(KernelError) { try privileges.join(groups) }

  /// A temporary file of a program that may have some: it has a descriptor and no name, so nothing on the host
  /// changes. mkstemp(3) and O_TMPFILE ask for one.
  mutating func openScratch(_ request: OpenRequest) -> FileDescriptor? {
    let path = request.path.bytes
    let isNamed =
      path.starts(with: Array("/tmp/".utf8))
      && request.flags.isSuperset(of: [.create, .exclusive, .readWrite])
    let isNameless =
      path.elementsEqual("/tmp".utf8) && request.flags.isSuperset(of: [.temporaryFile, .readWrite])
    guard isNamed || isNameless, scratchFiles < Self.mostScratchFiles else { return nil }
    scratchFiles += 1
    return try? .memoryFile(named: "keyhole-scratch")
  }

  /// The file, opened as asked; `grants` are patterns that the supervisor opens with its own privilege. A caller that
  /// only sees public trees gets directories of that view.
  mutating func open(
    _ request: OpenRequest, by thread: ProcessID, grants: [PathPattern], in shown: PublicTrees? = nil
  ) -> Opened {
    do throws(KernelError) {
      return try open(request, by: thread, in: shown)
    } catch {
      guard error.code == EACCES || error.code == EPERM, !grants.isEmpty, !request.wantsChange else {
        return .failed(.kernel(error.code))
      }
      return openWithPrivilege(request, by: thread, grants: grants, otherwise: error.code)
    }
  }

  private mutating func open(
    _ request: OpenRequest, by thread: ProcessID, in shown: PublicTrees?
  ) throws(KernelError) -> Opened {
    let object = try resolve(request, by: thread, in: shown)
    if object.status.kind == .symbolicLink || request.wantsChange {
      // What is there must not be told by the error.
      if let denial = try judge.denialOfAttributes(of: object) {
        return .failed(failure(denial, object, request))
      }
      if object.status.kind == .symbolicLink { return .failed(.kernel(ELOOP)) }
      return try openForWriting(object, request)
    }
    if let denial = try judge.denial(of: object) {
      if case .unsuitable = denial, request.flags.contains(.path) { return .failed(.kernel(EACCES)) }
      return .failed(failure(denial, object, request))
    }
    if let shown, object.status.kind == .directory {
      return .opened(try shown.directory(like: object).reopen(Self.flags(for: request)))
    }
    return .opened(try object.descriptor.reopen(Self.flags(for: request)))
  }

  /// Only /dev/null takes writes.
  private func openForWriting(
    _ object: borrowing ResolvedObject, _ request: OpenRequest
  ) throws(KernelError) -> Opened {
    let null = FileStatus.Device(major: 1, minor: 3)
    if object.status.kind == .characterDevice && object.status.special == null {
      return .opened(try object.descriptor.reopen(Self.flags(for: request)))
    }
    let access = RefusedAccess(
      operation: .write, path: Array(object.location.prefix(4096)), reason: "nothing can be written from here"
    )
    return .failed(.refused(access))
  }

  private mutating func openWithPrivilege(
    _ request: OpenRequest, by thread: ProcessID, grants: [PathPattern], otherwise code: CInt
  ) -> Opened {
    do throws(KernelError) {
      // Whatever lies outside of the grants stays as hidden as it was.
      guard let file = try granted(request, by: thread, grants) else { return .failed(.kernel(code)) }
      return .opened(file)
    } catch {
      // Which error it is would tell what is there.
      return .failed(.kernel(code))
    }
  }

  private mutating func granted(
    _ request: OpenRequest, by thread: ProcessID, _ grants: [PathPattern]
  ) throws(KernelError) -> FileDescriptor? {
    let privileges = privileges
    return try privileges.reading { () throws(KernelError) -> FileDescriptor? in
      let object = try resolve(request, by: thread)
      guard try judge.denial(of: object) == nil, isGranted(object.location, grants) else { return nil }
      return try object.descriptor.reopen(Self.flags(for: request))
    }
  }

  func isGranted(_ path: [UInt8], _ grants: [PathPattern]) -> Bool {
    grants.contains { $0.covers(path) }
  }

  private func failure(
    _ denial: ObjectJudge.Denial, _ object: borrowing ResolvedObject, _ request: OpenRequest
  ) -> Failure {
    let location = Array(object.location.prefix(4096))
    func access(_ reason: String) -> RefusedAccess {
      RefusedAccess(operation: .open, path: location, reason: reason)
    }
    switch denial {
    case .secret(let reason): return .refused(access(reason))
    case .unsuitable(let what): return .refused(access("\(what) is not opened for a command"))
    case .nameless: return .refused(access("it has no name here that could be judged"))
    case .noTerminal: return .kernel(ENXIO)
    case .processDetail: return .kernel(EACCES)
    case .undecided:
      return .undecided(access("it has several names and changed since the index of denied files was made"))
    }
  }

  /// Reading only, without the flags that a descriptor has no use for. O_PATH becomes a plain open: the kernel does
  /// not inject O_PATH descriptors, and one of those would tell the attributes of what it stands for.
  private static func flags(for request: OpenRequest) -> OpenFlags {
    request.flags.intersection([
      .writeOnly, .readWrite, .append, .directory, .nonBlocking, .noControllingTerminal,
    ]).union(.noControllingTerminal)
  }
}

/// A file for the command, or why there is none.
enum Opened: ~Copyable {
  case opened(FileDescriptor)
  case failed(FileOpener.Failure)
}
