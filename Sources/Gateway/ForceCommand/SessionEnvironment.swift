internal import Glibc
internal import Kernel
internal import Wire

/// What sshd tells a forced command about the session. sshd(8), ENVIRONMENT of ssh(1)
enum SessionEnvironment {
  /// The request that the session makes, its bytes as they came.
  ///
  /// Throws when the file that SSH_USER_AUTH names cannot be read.
  static func request() throws(KernelError) -> CallRequest {
    let line = Environment.bytes("SSH_ORIGINAL_COMMAND")
    return CallRequest(
      line: line.map { Array($0.prefix(CallRequest.maximumLine)) },
      lineLength: UInt32(clamping: line?.count ?? 0),
      connection: Array((Environment.bytes("SSH_CONNECTION") ?? []).prefix(WireLimit.connection)),
      authentication: try authentication(),
      target: Environment.bytes("KEYHOLE_TARGET").map { Array($0.prefix(WireLimit.target)) })
  }

  /// What sshd knows of how the user authenticated: sshd_config(5), ExposeAuthInfo. Empty when it does not say.
  private static func authentication() throws(KernelError) -> [UInt8] {
    guard let name = Environment.bytes("SSH_USER_AUTH"), let path = FilePath(name) else { return [] }
    return try FileDescriptor.open(path, .noFollow).readAll(limit: WireLimit.authentication - 1)
  }
}
