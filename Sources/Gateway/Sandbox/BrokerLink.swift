internal import Kernel
internal import Wire

/// The broker's end of a call, as the sandbox sees it. Shared, so that whatever fails can still be told.
final class BrokerLink {
  private let socket: MessageSocket

  init() {
    socket = MessageSocket(owning: FileDescriptor(owning: ExecDescriptor.control.rawValue))
  }

  /// Ready with ``PollEntry/Events/hangUp`` when the broker is gone.
  var interest: PollEntry { PollEntry(socket.descriptor, []) }

  /// Waits for the call that this process is for; nil when the broker wants none any more.
  func receiveCall() throws -> HandedCall? {
    var message = try socket.receive(
      upTo: Confinement.maximumSize, descriptors: CallDescriptor.allCases.count)
    if message.bytes.isEmpty { return nil }
    let confinement = try Confinement(decoding: message.bytes)
    return try HandedCall(confinement, &message)
  }

  func send(_ event: CallEvent) throws(KernelError) {
    try socket.send(event.encoded())
  }
}

/// What the broker hands over for one call.
struct HandedCall: ~Copyable {
  let confinement: Confinement
  var input: FileDescriptor
  var output: FileDescriptor
  var error: FileDescriptor
  var plan: FileDescriptor
  var deniedPaths: FileDescriptor
  var deniedFiles: FileDescriptor
  var publicView: FileDescriptor

  struct Incomplete: Error {}

  init(_ confinement: Confinement, _ message: inout ReceivedMessage) throws(Incomplete) {
    // In the order of CallDescriptor.
    guard let input = message.takeDescriptor(), let output = message.takeDescriptor(),
      let error = message.takeDescriptor(), let plan = message.takeDescriptor(),
      let deniedPaths = message.takeDescriptor(), let deniedFiles = message.takeDescriptor(),
      let publicView = message.takeDescriptor()
    else { throw Incomplete() }
    self.confinement = confinement
    self.input = input
    self.output = output
    self.error = error
    self.plan = plan
    self.deniedPaths = deniedPaths
    self.deniedFiles = deniedFiles
    self.publicView = publicView
  }
}
