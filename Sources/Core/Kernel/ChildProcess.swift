internal import CKeyhole
internal import Glibc

/// How a process ended. waitid(2)
public enum ProcessEnd: Equatable, Sendable {
  case exited(UInt8)
  case signaled(UInt8)

  init(code: CInt, status: CInt) {
    let exitedNormally: CInt = 1  // CLD_EXITED
    self =
      code == exitedNormally
      ? .exited(UInt8(truncatingIfNeeded: status)) : .signaled(UInt8(truncatingIfNeeded: status))
  }
}

/// What a new process is given and bound by. Everything else is closed, reset or empty.
public struct SpawnPlan: ~Copyable {
  /// As in execve(2).
  public var arguments: [[UInt8]]
  public var environment: [[UInt8]]
  /// The numbers that become 0, 1, 2 … in the new process. They stay open here.
  public var descriptors: [CInt]
  public var newProcessNamespace = false
  public var newSession = false
  /// SIGKILL when the thread that spawns ends.
  public var diesWithParent = false
  public var limits: [ResourceLimit] = []
  /// Number of an open cgroup.procs file to join.
  public var controlGroup: CInt?
  /// Number of an open directory.
  public var workingDirectory: CInt?
  /// Number of a directory that becomes the root, and the working directory. It takes CAP_SYS_CHROOT, permitted here; the
  /// new process keeps no capability then. chroot(2)
  public var root: CInt?
  /// Number of a Landlock ruleset.
  public var landlock: CInt?

  public init(arguments: [[UInt8]], environment: [[UInt8]], descriptors: [CInt]) {
    self.arguments = arguments
    self.environment = environment
    self.descriptors = descriptors
  }
}

/// A child, held by its process descriptor, so that a signal can never reach another process. pidfd_open(2)
public struct ChildProcess: ~Copyable, Sendable {
  public let process: ProcessID
  /// Readable when the process has ended.
  public let pidfd: FileDescriptor

  /// Starts the program behind `executable` (which may be O_PATH and must be close-on-exec). execveat(2)
  ///
  /// Errors name the step that failed in the child; no process is left then.
  public static func spawn(
    _ executable: borrowing FileDescriptor, _ plan: borrowing SpawnPlan
  ) throws(KernelError) -> ChildProcess {
    var listener: CInt = -1
    return try unsafe spawn(executable, plan, filter: nil, listener: &listener)
  }

  /// Starts the program under a seccomp filter and returns the filter's listener with it. seccomp_unotify(2)
  public static func spawn(
    _ executable: borrowing FileDescriptor, _ plan: borrowing SpawnPlan, filter: borrowing FilterProgram
  ) throws(KernelError) -> SupervisedProcess {
    var listener: CInt = -1
    // The mapping outlives the call, which copies the program into the kernel.
    let child = try unsafe spawn(executable, plan, filter: filter.instructions, listener: &listener)
    return SupervisedProcess(
      child: child, listener: NotificationListener(owning: FileDescriptor(owning: listener)))
  }

  private static func spawn(
    _ executable: borrowing FileDescriptor, _ plan: borrowing SpawnPlan,
    filter: UnsafeRawBufferPointer?, listener: inout CInt
  ) throws(KernelError) -> ChildProcess {
    let arguments = CStringArray(plan.arguments)
    let environment = CStringArray(plan.environment)
    let limits = plan.limits.map { keyhole_limit(resource: $0.resource.rawValue, value: $0.value) }
    let descriptors = plan.descriptors
    var spawn = unsafe keyhole_spawn()
    unsafe spawn.executable = executable.number
    unsafe spawn.new_pid_namespace = plan.newProcessNamespace
    unsafe spawn.new_session = plan.newSession
    unsafe spawn.dies_with_parent = plan.diesWithParent
    unsafe spawn.control_group = plan.controlGroup ?? -1
    unsafe spawn.working_directory = plan.workingDirectory ?? -1
    unsafe spawn.root_directory = plan.root ?? -1
    unsafe spawn.landlock_ruleset = plan.landlock ?? -1
    if let filter = unsafe filter {
      unsafe spawn.filter = filter.baseAddress
      unsafe spawn.filter_length = filter.count / 8
    }
    // All arrays live to the end of the call, in which the child has executed or exited.
    let failed: KernelError? = unsafe descriptors.withUnsafeBufferPointer { descriptors in
      unsafe limits.withUnsafeBufferPointer { limits in
        unsafe arguments.withPointers { arguments in
          unsafe environment.withPointers { environment in
            unsafe spawn.descriptors = descriptors.baseAddress
            unsafe spawn.descriptor_count = descriptors.count
            unsafe spawn.limits = limits.baseAddress
            unsafe spawn.limit_count = limits.count
            unsafe spawn.arguments = arguments
            unsafe spawn.environment = environment
            do throws(KernelError) {
              try attempt(.clone) { unsafe keyhole_spawn(&spawn) }
              return nil
            } catch {
              let step = unsafe spawn.failed_step.map { unsafe String(cString: $0) } ?? ""
              return KernelError(.clone, on: step, code: error.code)
            }
          }
        }
      }
    }
    if let failed { throw failed }
    unsafe listener = spawn.listener
    return unsafe ChildProcess(
      process: ProcessID(spawn.process), pidfd: FileDescriptor(owning: spawn.pidfd))
  }

  /// pidfd_send_signal(2); a process that has ended is no error.
  public func signal(_ number: CInt) throws(KernelError) {
    do {
      try attempt(.pidfd_send_signal) { keyhole_pidfd_signal(pidfd.number, number) }
    } catch  where error.code == ESRCH {}
  }

  /// SIGKILL. In a pid namespace's first process it ends every process of that namespace.
  public func kill() throws(KernelError) { try signal(SIGKILL) }

  /// Waits for the end and reaps the process. waitid(2), P_PIDFD
  public func wait() throws(KernelError) -> ProcessEnd {
    var code: CInt = 0
    var status: CInt = 0
    try attempt(.waitid) { unsafe keyhole_pidfd_wait(pidfd.number, true, &code, &status) }
    return ProcessEnd(code: code, status: status)
  }

  /// Reaps one ended child of this process, whichever; nil when there is none, or, without waiting, none that has
  /// ended. waitid(2), P_ALL
  public static func reap(waiting: Bool) throws(KernelError) -> (process: ProcessID, end: ProcessEnd)? {
    var code: CInt = 0
    var status: CInt = 0
    do {
      let process = try attempt(.waitid) { unsafe keyhole_reap(waiting, &code, &status) }
      if process == 0 { return nil }
      return (ProcessID(process), ProcessEnd(code: code, status: status))
    } catch  where error.code == ECHILD {
      return nil
    }
  }
}

/// The pid namespace whose first process this is. pid_namespaces(7)
public enum OwnProcessNamespace {
  /// Whether this process is the first of its namespace: everything in it ends with it.
  public static var isFirst: Bool { getpid() == 1 }

  /// Kills every other process of the namespace and reaps them all.
  ///
  /// Does nothing but throw EPERM when this process is not the first of its namespace: kill(2) with -1 would reach
  /// the machine's other processes then.
  public static func killAll() throws(KernelError) {
    guard isFirst else { throw KernelError(.kill, code: EPERM) }
    do throws(KernelError) {
      try attempt(.kill) { Glibc.kill(-1, SIGKILL) }
    } catch  where error.code == ESRCH {
      // Nobody is left.
    }
    while try ChildProcess.reap(waiting: true) != nil {}
  }
}

/// A process that runs under a filter, and the listener that its held calls arrive at.
public struct SupervisedProcess: ~Copyable {
  public let process: ProcessID
  private var child: ChildProcess?
  private var listener: NotificationListener?

  init(child: consuming ChildProcess, listener: consuming NotificationListener) {
    process = child.process
    self.child = consume child
    self.listener = consume listener
  }

  public mutating func takeChild() -> ChildProcess? { child.take() }
  public mutating func takeListener() -> NotificationListener? { listener.take() }
}

/// NUL-terminated strings with a NULL behind the last, as execve(2) wants them. Bytes after a NUL are lost, so
/// callers hand in none.
private struct CStringArray {
  private var storage: [CChar] = []
  private var offsets: [Int] = []

  init(_ strings: [[UInt8]]) {
    for string in strings {
      offsets.append(storage.count)
      storage += string.map { CChar(bitPattern: $0) }
      storage.append(0)
    }
  }

  func withPointers<Result>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    unsafe storage.withUnsafeBufferPointer { bytes in
      // Every offset lies inside the storage, which stays in place for the body.
      var pointers = unsafe offsets.map { offset in unsafe bytes.baseAddress.map { unsafe $0 + offset } }
      unsafe pointers.append(nil)
      return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
    }
  }
}
