internal import BrokerSettings
internal import Glibc
internal import Kernel
internal import SettingsFile
internal import Wire

/// A question of sshd's to the running broker, over the socket where connections of the embedded server come. It says nothing of
/// who asks, and leaves no record.
struct BrokerQuestion {
  /// Of broker.yaml; the standard one when it is not there.
  let configuration: String

  /// sshd waits meanwhile, and with it who logs in.
  private static let patience = 5_000

  /// Why nothing is known. sshd takes it for "no", so nobody gets in.
  struct Failure: Error {
    let message: String
  }

  func ask(_ question: SessionRequest) throws(Failure) -> SessionReply {
    do {
      let path = try FilePlace.path(try socketPath())
      let broker = try MessageSocket.connected(to: path)
      guard try broker.peer().user == .root else {
        throw Failure(message: "somebody else than root listens on \(path)")
      }
      try broker.send(SessionRequest.hello(connection: []).encoded())
      try broker.send(question.encoded())
      var entries = [PollEntry(broker.descriptor, .readable)]
      guard try poll(&entries, milliseconds: Self.patience) > 0 else {
        throw Failure(message: "the broker did not answer within \(Self.patience / 1000) seconds")
      }
      let reply = try SessionReply(
        decoding: broker.receive(upTo: SessionReply.maximumSize, descriptors: 0).bytes)
      try broker.send(SessionRequest.goodbye(.clientGone).encoded())
      return reply
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(message: "the broker could not be asked: \(error)")
    }
  }

  private func socketPath() throws -> String {
    if configuration == BrokerOptions.standardFile, !FilePlace.exists(configuration) {
      return BrokerConfiguration().sessionSocket
    }
    do throws(ConfigurationError) {
      return try BrokerConfiguration(file: configuration).sessionSocket
    } catch {
      throw Failure(message: "\(error)")
    }
  }
}
