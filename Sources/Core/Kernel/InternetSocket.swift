internal import CKeyhole
internal import Glibc

/// An IP address and a TCP port.
public struct Endpoint: Hashable, Sendable {
  /// 4 or 16 bytes in network order.
  public let address: [UInt8]
  public let port: UInt16

  /// nil unless the address has 4 or 16 bytes.
  public init?(address: [UInt8], port: UInt16) {
    guard address.count == 4 || address.count == 16 else { return nil }
    self.address = address
    self.port = port
  }

  fileprivate init(_ raw: keyhole_endpoint) {
    address = unsafe withUnsafeBytes(of: raw.address) { unsafe Array($0.prefix(raw.length)) }
    port = raw.port
  }

  fileprivate var raw: keyhole_endpoint {
    var raw = keyhole_endpoint()
    raw.length = address.count
    raw.port = port
    // The field has 16 bytes, and the address no more.
    unsafe withUnsafeMutableBytes(of: &raw.address) { unsafe $0.copyBytes(from: address) }
    return raw
  }
}

/// A socket on which TCP connections come in. It never blocks. tcp(7)
public struct ListeningSocket: ~Copyable, Sendable {
  public let descriptor: FileDescriptor

  /// Binds and listens. An IPv6 socket takes no IPv4 connections. bind(2), listen(2)
  public init(at endpoint: Endpoint, backlog: CInt) throws(KernelError) {
    var raw = endpoint.raw
    descriptor = FileDescriptor(
      owning: try attempt(.bind) { unsafe keyhole_tcp_listen(&raw, backlog) })
  }

  /// Takes over a socket that the service manager passed. EPROTOTYPE, when it does not listen for TCP.
  public init(adopting number: CInt) throws(KernelError) {
    descriptor = FileDescriptor(owning: number)
    try attempt(.getsockopt) { keyhole_tcp_adopt(number) }
  }

  /// Where it listens, with the port that the kernel chose if it did. getsockname(2)
  public func endpoint() throws(KernelError) -> Endpoint {
    var raw = keyhole_endpoint()
    try attempt(.getsockopt) { unsafe keyhole_tcp_local(descriptor.number, &raw) }
    return Endpoint(raw)
  }

  /// The next connection; nil when none waits any more. accept(2)
  public func accept() throws(KernelError) -> AcceptedConnection? {
    var peer = keyhole_endpoint()
    do throws(KernelError) {
      let number = try attempt(.accept) { unsafe keyhole_tcp_accept(descriptor.number, &peer) }
      return AcceptedConnection(descriptor: FileDescriptor(owning: number), peer: Endpoint(peer))
    } catch  where error.code == EAGAIN {
      return nil
    }
  }
}

/// A TCP connection that has come in, non-blocking, with TCP_NODELAY, and who is at the other end.
public struct AcceptedConnection: ~Copyable, Sendable {
  public let descriptor: FileDescriptor
  /// IPv4 that came in through IPv6 is IPv4 here.
  public let peer: Endpoint

  /// Sends a last line without waiting for it to go, and closes. Whatever came in is dropped unread.
  public consuming func close(saying line: String) {
    _ = try? descriptor.sendNow(Array(line.utf8)[...])
    keyhole_tcp_leave(descriptor.number)
  }
}
