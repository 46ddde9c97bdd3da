internal import CKeyhole
internal import Glibc

/// A system call that the kernel holds until the supervisor has answered. seccomp_unotify(2)
public struct HeldCall: Sendable {
  public let id: UInt64
  /// The thread that made the call, in the supervisor's pid namespace.
  public let thread: ProcessID
  /// System call number of `architecture`.
  public let number: Int32
  /// AUDIT_ARCH_… of linux/audit.h.
  public let architecture: UInt32
  public let arguments: [UInt64]
}

/// The supervisor's end of a seccomp filter.
public struct NotificationListener: ~Copyable, Sendable {
  public let descriptor: FileDescriptor

  public init(owning descriptor: consuming FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Asks the kernel to wake both sides on one CPU, which more than halves a round trip. Linux 6.6
  /// (older ones: EINVAL).
  public func preferThisCPU() throws(KernelError) {
    try attempt(.ioctl) { keyhole_notification_prefer_this_cpu(descriptor.number) }
  }

  /// The next held call; nil when its thread went away in the meantime (ENOENT).
  public func receive() throws(KernelError) -> HeldCall? {
    var raw = keyhole_notification()
    do {
      try attempt(.seccomp_notif_recv) { unsafe keyhole_notification_receive(descriptor.number, &raw) }
    } catch  where error.code == ENOENT {
      return nil
    }
    let arguments = raw.arguments
    return HeldCall(
      id: raw.id, thread: ProcessID(Int32(bitPattern: raw.thread)), number: raw.call,
      architecture: raw.architecture,
      arguments: [arguments.0, arguments.1, arguments.2, arguments.3, arguments.4, arguments.5])
  }

  /// Whether the thread still waits in this call. Anything read about it by pid before a true answer was really
  /// its own: the number cannot have been reused.
  public func stillHolds(_ call: HeldCall) throws(KernelError) -> Bool {
    do {
      try attempt(.seccomp_notif_id_valid) { keyhole_notification_is_valid(descriptor.number, call.id) }
      return true
    } catch  where error.code == ENOENT {
      return false
    }
  }

  /// Ends the call with an error number.
  public func refuse(_ call: HeldCall, with code: CInt) throws(KernelError) {
    try reply(call, error: code)
  }

  /// Ends the call with success and a value.
  public func succeed(_ call: HeldCall, with value: CInt = 0) throws(KernelError) {
    try reply(call, error: 0, value: Int64(value))
  }

  private func reply(_ call: HeldCall, error code: CInt, value: Int64 = 0) throws(KernelError) {
    do {
      try attempt(.seccomp_notif_send) {
        keyhole_notification_reply(descriptor.number, call.id, code, value)
      }
    } catch  where Self.isOver(error) {
    }
  }

  /// Whether the call needs no answer any more: its thread was killed while it waited (ENOENT), or it has its answer, and
  /// only this side was interrupted before it heard so (EINPROGRESS).
  private static func isOver(_ error: KernelError) -> Bool {
    error.code == ENOENT || error.code == EINPROGRESS
  }

  /// Puts a copy of `file` into the target and ends the call with its number there, in one step.
  /// SECCOMP_IOCTL_NOTIF_ADDFD with SECCOMP_ADDFD_FLAG_SEND
  public func inject(
    _ file: borrowing FileDescriptor, into call: HeldCall, closeOnExec: Bool
  ) throws(KernelError) {
    let number = file.number
    do {
      try attempt(.seccomp_notif_addfd) {
        keyhole_notification_inject(descriptor.number, call.id, number, closeOnExec)
      }
    } catch  where Self.isOver(error) {
    }
  }
}
