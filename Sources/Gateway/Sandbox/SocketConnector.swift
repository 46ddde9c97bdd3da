internal import Glibc
internal import Kernel
internal import Wire

/// Connects a command's socket to a service that the policy lists, by object: the name that was judged is the socket
/// that is reached.
struct SocketConnector {
  /// In milliseconds. A service that takes no more clients keeps the whole call waiting.
  private static let longestWait = 250

  /// nil when the socket is connected; otherwise the error number for the command, and what to report.
  static func connect(
    _ request: ConnectRequest, by thread: ProcessID, to allowed: [[UInt8]],
    through opener: inout FileOpener, whileHeld isHeld: () throws(KernelError) -> Bool
  ) -> (code: CInt, access: RefusedAccess?)? {
    guard let path = request.path else {
      return (
        EACCES, RefusedAccess(operation: .connect, path: [], reason: "only listed path sockets are reached")
      )
    }
    do throws(KernelError) {
      let open = OpenRequest(base: .workingDirectory, path: path, flags: .path)
      let object = try opener.resolve(open, by: thread)
      let location = object.location
      guard object.status.kind == .socket, allowed.contains(location) else {
        let reason = "the policy does not list this socket for the command"
        return (
          EACCES, RefusedAccess(operation: .connect, path: Array(location.prefix(4096)), reason: reason)
        )
      }
      let socket = try opener.resolver.callers.descriptor(request.socket, of: thread)
      // To find the object may have taken long: the number must still be the same thread's.
      guard try isHeld() else { return (ESRCH, nil) }
      // Where the kernel can (Linux 6.16): what was not judged does not come in over the socket either.
      try? socket.refuseDescriptors()
      try socket.connectUnix(toObject: object.descriptor, patience: longestWait)
      return nil
    } catch {
      return (error.code, nil)
    }
  }
}
