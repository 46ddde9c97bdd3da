internal import Glibc
internal import Kernel
internal import Synchronization
internal import SystemCallFilter

/// What every call's sandbox is made of, prepared once: making it anew would cost each call milliseconds.
final class SandboxSupplies: Sendable {
  /// keyhole-exec, by object.
  let executor: FileDescriptor
  /// The exported seccomp programs.
  let filters: FileDescriptor
  let namespaces: PreparedNamespaces
  let null: FileDescriptor

  init(executor path: FilePath) throws {
    let executor: FileDescriptor
    do throws(KernelError) {
      executor = try .open(path, .path)
    } catch {
      throw UnusableSetting(
        "`exec:` does not lead to keyhole-exec: \(error)\nhint: scripts/install puts it in place")
    }
    let status = try executor.status()
    // Whoever can change it can run as root.
    guard status.kind == .regular, status.user == .root || status.user == .effective, status.mode & 0o022 == 0
    else {
      throw UnusableSetting(
        "\(path) may be changed by others\nhint: chown root: \(path) && chmod 755 \(path)")
    }
    self.executor = executor
    filters = try FilterExport.file()
    null = try .open("/dev/null", .readWrite)
    namespaces = try PreparedNamespaces.make()
  }
}

/// Namespaces without processes, held by their descriptors: calls join them.
///
/// Mount: the host's mounts as they come and go, with empty directories in place of those for temporary files. Network:
/// not even a loopback interface that is up. IPC: empty.
final class PreparedNamespaces: Sendable {
  let mount: FileDescriptor
  let network: FileDescriptor
  let ipc: FileDescriptor

  private static let covered: [FilePath] = ["/tmp", "/var/tmp", "/dev/shm"]

  /// Leaving a namespace holds for one thread: a thread of its own does it, and ends.
  static func make() throws(KernelError) -> PreparedNamespaces {
    let outcome = Outcome()
    try WorkerThread.perform {
      let made = Result { () throws(KernelError) in try PreparedNamespaces() }
      outcome.value.withLock { $0 = made }
    }
    return try outcome.value.withLock { $0 }.get()
  }

  private init() throws(KernelError) {
    try Namespaces.leave([.mount, .network, .ipc])
    try Namespaces.followHostMounts()
    for path in Self.covered {
      do throws(KernelError) {
        try Namespaces.coverWithEmptyDirectory(path)
      } catch  where error.isAbsence {
        // A host without such a directory needs no cover.
      }
    }
    mount = try .open("/proc/thread-self/ns/mnt")
    network = try .open("/proc/thread-self/ns/net")
    ipc = try .open("/proc/thread-self/ns/ipc")
  }

  private final class Outcome: Sendable {
    let value = Mutex<Result<PreparedNamespaces, KernelError>>(.failure(KernelError(.unshare, code: EAGAIN)))
  }
}
