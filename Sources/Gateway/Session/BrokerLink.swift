internal import Glibc
internal import Kernel
internal import Wire

/// The socket to the broker. Requests are answered in order, so that one is under way at a time.
final class BrokerLink {
  enum Failure: Error {
    /// It closed the socket, or sent what no broker sends.
    case gone
    case tooSlow
  }

  let socket: MessageSocket
  /// What came instead of an answer.
  private(set) var revocation: String?

  /// Connects to the broker, and to nobody else.
  init(at bytes: [UInt8]) throws(KernelError) {
    guard let path = FilePath(bytes) else { throw KernelError(.connect, code: EINVAL) }
    // The socket that was looked at is the one that is connected to.
    let object = try FileDescriptor.open(path, [.path, .noFollow])
    let status = try object.status()
    guard status.kind == .socket, status.user == .root, status.mode & 0o007 == 0 else {
      throw KernelError(.connect, on: "\(path), which is not the broker's", code: EPERM)
    }
    socket = try .connected(toObject: object, named: path)
    guard try socket.peer().user == .root else {
      throw KernelError(.connect, on: "\(path), where somebody else than root listens", code: EPERM)
    }
  }

  /// A link over which the broker has been told of the connection; nil, with a line in the log, when there is none.
  static func reached(at path: [UInt8], for connection: [UInt8]) -> BrokerLink? {
    do throws(KernelError) {
      let link = try BrokerLink(at: path)
      try link.socket.send(SessionRequest.hello(connection: connection).encoded())
      // A broker that does not read must not hold up the session.
      try link.socket.descriptor.setNonBlocking()
      return link
    } catch {
      SessionFailure("the broker cannot be reached", error).say()
      return nil
    }
  }

  /// Sends a request that has no answer.
  func send(_ request: SessionRequest, descriptors: [CInt] = []) throws(Failure) {
    do throws(KernelError) {
      try socket.send(request.encoded(), descriptors: descriptors)
    } catch {
      throw .gone
    }
  }

  /// Sends a request and waits for its answer until the deadline, on ``MonotonicClock``.
  func ask(_ request: SessionRequest, until deadline: Int64) throws(Failure) -> SessionReply {
    try send(request)
    while true {
      let left = (deadline - MonotonicClock.now) / 1_000_000
      guard left > 0 else { throw .tooSlow }
      var entries = [PollEntry(socket.descriptor, .readable)]
      guard let ready = try? poll(&entries, milliseconds: Int(left)) else { throw .gone }
      if ready > 0 { return try receive() }
    }
  }

  /// The message that waits, or that comes next.
  func receive() throws(Failure) -> SessionReply {
    let bytes: [UInt8]
    do throws(KernelError) {
      bytes = try socket.receive(upTo: SessionReply.maximumSize).bytes
    } catch {
      throw .gone
    }
    guard !bytes.isEmpty, let reply = try? SessionReply(decoding: bytes) else { throw .gone }
    if case .revoked(let reason) = reply { revocation = reason }
    return reply
  }
}
