internal import CKeyhole
internal import Glibc

/// What the service manager gives a daemon, and what it wants to hear. sd_listen_fds(3), sd_notify(3)
public enum ServiceManager {
  /// The listening sockets that were passed, in order; empty when this process was started by hand.
  public static func listeningSockets() -> [CInt] {
    guard let owner = Environment.text("LISTEN_PID"), Int32(owner) == getpid(),
      let count = Environment.text("LISTEN_FDS").flatMap(Int32.init), count > 0, count < 16
    else { return [] }
    return (3..<3 + count).map { CInt($0) }
  }

  /// Sends a state such as `READY=1`; without a manager it does nothing.
  public static func notify(_ state: String) throws(KernelError) {
    guard let path = Environment.text("NOTIFY_SOCKET") else { return }
    let bytes = Array(state.utf8)
    try attempt(.sendmsg, on: path) { unsafe keyhole_unix_notify(path, bytes, bytes.count) }
  }
}

/// The environment of this process. environ(7)
public enum Environment {
  public static func bytes(_ name: String) -> [UInt8]? {
    // The value is copied before anything can change the environment.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
  }

  public static func text(_ name: String) -> String? {
    bytes(name).map { String(decoding: $0, as: UTF8.self) }
  }
}
