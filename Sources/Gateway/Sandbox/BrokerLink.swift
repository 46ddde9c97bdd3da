internal import Kernel
internal import Wire

/// The broker's end of a call, as the sandbox sees it.
struct BrokerLink: ~Copyable {
  private let socket: MessageSocket

  init() {
    socket = MessageSocket(owning: FileDescriptor(owning: ExecDescriptor.control.rawValue))
  }

  /// Ready with ``PollEntry/Events/hangUp`` when the broker is gone.
  var interest: PollEntry { PollEntry(socket.descriptor, []) }

  func receiveConfinement() throws(KernelError) -> Confinement? {
    let message = try socket.receive(upTo: Confinement.maximumSize)
    return try? Confinement(decoding: message.bytes)
  }

  func send(_ event: CallEvent) throws(KernelError) {
    try socket.send(event.encoded())
  }
}
