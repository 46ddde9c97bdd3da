internal import Glibc
internal import Kernel
internal import Wire

/// A call that was handed to the broker: this end of its socket, whose closing ends the call.
struct RunningCall: ~Copyable {
  private let socket: MessageSocket

  enum Failure: Error {
    case broker
    case resources(KernelError)
  }

  /// In bytes: a pipe takes this much before its writer waits.
  private static let pipeSize = 1 << 20

  private init(_ socket: consuming MessageSocket) {
    self.socket = socket
  }

  var number: CInt { socket.descriptor.number }

  /// Hands a call to the broker, with the far ends of three pipes and of a socket; the streams get the near ones.
  static func start(
    _ call: SessionCall, over broker: BrokerLink, _ input: inout IncomingStream,
    _ output: inout OutgoingStream, _ error: inout OutgoingStream
  ) throws(Failure) -> RunningCall {
    do throws(KernelError) {
      var inputEnds = try FileDescriptor.pipe()
      var outputEnds = try FileDescriptor.pipe()
      var errorEnds = try FileDescriptor.pipe()
      var socketEnds = try MessageSocket.pair()
      let farInput = inputEnds.takeFirst()
      let nearInput = inputEnds.takeSecond()
      let nearOutput = outputEnds.takeFirst()
      let farOutput = outputEnds.takeSecond()
      let nearError = errorEnds.takeFirst()
      let farError = errorEnds.takeSecond()
      let near = socketEnds.takeFirst()
      let far = socketEnds.takeSecond()
      try near.setNonBlocking()
      try nearInput.setNonBlocking()
      try nearOutput.setNonBlocking()
      try nearError.setNonBlocking()
      // A host may allow less: then it is slower.
      try? nearOutput.setPipeSize(pipeSize)
      try? nearInput.setPipeSize(pipeSize)
      try broker.socket.send(
        SessionRequest.call(call).encoded(),
        descriptors: [farInput.number, farOutput.number, farError.number, far.number])
      input.open(nearInput)
      output.open(nearOutput)
      error.open(nearError)
      return RunningCall(MessageSocket(owning: near))
    } catch {
      throw error.call == .sendmsg ? .broker : .resources(error)
    }
  }

  enum Word {
    case ended(CallReply)
    /// The broker hung up without a reply.
    case brokerGone
  }

  /// What the broker has said; nil while it has said nothing.
  func hear() -> Word? {
    do throws(KernelError) {
      let bytes = try socket.receive(upTo: CallReply.maximumSize).bytes
      guard !bytes.isEmpty, let reply = try? CallReply(decoding: bytes) else { return .brokerGone }
      return .ended(reply)
    } catch {
      return error.code == EAGAIN ? nil : .brokerGone
    }
  }
}
