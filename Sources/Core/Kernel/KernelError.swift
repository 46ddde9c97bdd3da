internal import Glibc

/// A system call that failed: which, on what, and why.
public struct KernelError: Error, Equatable, Sendable, CustomStringConvertible {
  public var call: SystemCall
  /// What it was tried on, such as a path; empty when the call says it all.
  public var subject: String
  /// As in errno(3).
  public var code: CInt

  public init(_ call: SystemCall, on subject: String = "", code: CInt) {
    self.call = call
    self.subject = subject
    self.code = code
  }

  /// Whether it only says that the name does not lead to anything of the wanted kind.
  public var isAbsence: Bool { [ENOENT, ENOTDIR, ELOOP].contains(code) }

  public var description: String {
    let reason = unsafe String(cString: strerror(code))
    return subject.isEmpty ? "\(call.rawValue): \(reason)" : "\(call.rawValue) \(subject): \(reason)"
  }
}

/// The system calls that Kernel issues, by the name of their manual page.
// swift-format-ignore: AlwaysUseLowerCamelCase
public enum SystemCall: String, Sendable, CaseIterable {
  case accept, bind, capget, capset, chdir, chmod, chown, chroot, clone, close, close_range, connect, dup
  case faccessat2, fallocate, fchdir, fcntl, fdatasync, flock, fsmount, fstat, fsync, getdents, getpeername,
    getsockname
  case getsockopt, getxattr, inotify_add_watch, ioctl, kill, landlock_add_rule, landlock_create_ruleset
  case landlock_restrict_self, link, listen, listxattr, lseek, memfd_create, mkdir, mmap, mount
  case mount_setattr, openat, openat2, pidfd_getfd, pidfd_open, pidfd_send_signal, pipe, poll, prctl
  case process_vm_readv, process_vm_writev, read, readlink, recvmsg, rename, rmdir, sched_getaffinity
  case sched_setaffinity, seccomp, seccomp_notif_addfd, seccomp_notif_id_valid, seccomp_notif_recv
  case seccomp_notif_send, send, sendmsg, setgroups, setitimer, setns, setresuid, setrlimit, setsockopt
  case signalfd, socket, splice, statfs, statx, symlink, unlink, unshare, waitid, write
}

/// Issues a call through the one seam of this package: restarts it after a signal (EINTR), turns -1 into a
/// ``KernelError``, and lets tests force a failure.
@discardableResult
func attempt<Result: FixedWidthInteger & SignedInteger>(
  _ call: SystemCall, on subject: @autoclosure () -> String = "", _ body: () -> Result
) throws(KernelError) -> Result {
  while true {
    #if DEBUG
      if let forced = Faults.next(for: call) {
        if forced == EINTR { continue }
        throw KernelError(call, on: subject(), code: forced)
      }
    #endif
    let result = body()
    if result != -1 { return result }
    let code = errno
    if code == EINTR { continue }
    throw KernelError(call, on: subject(), code: code)
  }
}
