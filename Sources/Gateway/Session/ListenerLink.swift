internal import Glibc
internal import Kernel
internal import Wire

/// What the listener hands over: a client's connection, and how to serve it.
struct Assignment: ~Copyable {
  let connection: FileDescriptor
  let settings: SessionSettings

  init(_ connection: consuming FileDescriptor, _ settings: SessionSettings) {
    self.connection = connection
    self.settings = settings
  }

  /// The connection's number, which the caller closes.
  consuming func takeConnection() -> CInt { connection.release() }
}

/// The socket to keyhole-sshd, whose hang-up means that the server stops.
final class ListenerLink {
  let socket: MessageSocket

  init() throws(SessionFailure) {
    socket = MessageSocket(owning: FileDescriptor(owning: SessionDescriptor.control.rawValue))
  }

  /// Waits for the one packet that brings a connection; nil when the listener goes away instead.
  func waitForAssignment() throws(SessionFailure) -> Assignment? {
    var message = try heard { () throws(KernelError) in try socket.receive(upTo: 64, descriptors: 2) }
    guard let connection = message.takeDescriptor() else {
      if message.bytes.isEmpty { return nil }
      throw SessionFailure("the listener sent no connection")
    }
    guard let file = message.takeDescriptor() else { throw SessionFailure("the listener sent no settings") }
    let mapped = try heard { () throws(KernelError) in try MappedFile(file) }
    guard let bytes = mapped.copy(0..<mapped.count), let settings = try? SessionSettings(decoding: bytes)
    else {
      throw SessionFailure("the listener's settings cannot be read")
    }
    return Assignment(connection, settings)
  }

  private func heard<Result: ~Copyable>(
    _ body: () throws(KernelError) -> Result
  ) throws(SessionFailure) -> Result {
    do throws(KernelError) {
      return try body()
    } catch {
      throw SessionFailure("the listener cannot be heard", error)
    }
  }

  /// A status that cannot be delivered is lost: the listener is gone then, which shows elsewhere.
  func tell(_ status: SessionStatus) {
    try? socket.send([status.rawValue])
  }
}
