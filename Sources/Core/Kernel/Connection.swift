internal import CKeyhole
internal import Glibc

/// What is set on the TCP connection of a client, and on the pipes behind it.
extension FileDescriptor {
  /// Small packets leave at once. tcp(7), TCP_NODELAY
  public func sendWithoutDelay() throws(KernelError) {
    try attempt(.setsockopt) { keyhole_set_socket_option(number, CInt(IPPROTO_TCP), 1, 1) }
  }

  /// What has come is acknowledged at once. The kernel forgets this by itself, so it is asked for again at every step.
  /// tcp(7), TCP_QUICKACK
  public func acknowledgeAtOnce() throws(KernelError) {
    try attempt(.setsockopt) { keyhole_set_socket_option(number, CInt(IPPROTO_TCP), 12, 1) }
  }

  /// Client address, client port, server address, server port, as in SSH_CONNECTION. ssh(1)
  public func connectionName() throws(KernelError) -> [UInt8] {
    try unsafe filledBytes(atMost: 160) { buffer throws(KernelError) in
      // The buffer's own length bounds the call, and 160 bytes hold the longest text.
      try attempt(.getpeername) {
        Int(unsafe keyhole_connection_name(number, buffer.baseAddress, buffer.count))
      }
    }
  }

  /// Asks for room for so many bytes in this pipe; a host may allow less. fcntl(2), F_SETPIPE_SZ
  public func setPipeSize(_ bytes: Int) throws(KernelError) {
    try attempt(.fcntl) { keyhole_set_pipe_size(number, CInt(clamping: bytes)) }
  }
}
