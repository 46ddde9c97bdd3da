internal import Glibc
internal import Kernel
internal import Wire

/// Why the broker could not be asked.
enum ControlFailure: Error, Equatable {
  case notRoot
  /// Nobody listens at the socket.
  case noBroker(String)
  /// The socket, or who listens there, is not root's.
  case notTrusted(String)
  case noAnswer(String)

  var message: String {
    switch self {
    case .notRoot: "only root may talk to the broker"
    case .noBroker(let path): "no broker runs: nobody listens on \(path)"
    case .notTrusted(let path):
      "\(path) is not the broker's: somebody else than root may use it or listens there"
    case .noAnswer(let reason): "the broker did not answer: \(reason)"
    }
  }

  var hint: String {
    switch self {
    case .notRoot: "run it with sudo"
    case .noBroker: "systemctl start keyhole-broker; with another broker.yaml, name it with --config"
    case .notTrusted: "see who made it: `ls -l` and `ss -xlp`"
    case .noAnswer: "`systemctl status keyhole-broker` and `journalctl -u keyhole-broker` say more"
    }
  }
}

/// Asks a running broker over its control socket.
struct ControlClient {
  let path: String

  struct Answer {
    var reply: ControlReply
    var findings: PolicyFindings
  }

  /// A policy is loaded in well under a second; audit may hold up its record for some more.
  private static let patience = 120_000

  func ask(_ request: ControlRequest) throws(ControlFailure) -> Answer {
    guard UserID.effective == .root else { throw .notRoot }
    let broker = try connect()
    do {
      try broker.send(request.encoded())
      var entries = [PollEntry(broker.descriptor, .readable)]
      guard try poll(&entries, milliseconds: Self.patience) > 0 else {
        throw ControlFailure.noAnswer("it took longer than \(Self.patience / 1000) seconds")
      }
      return try Self.decode(broker.receive(upTo: ControlReply.maximumSize, descriptors: 1))
    } catch let error as ControlFailure {
      throw error
    } catch {
      throw .noAnswer("\(error)")
    }
  }

  private func connect() throws(ControlFailure) -> MessageSocket {
    guard let path = FilePath(Array(path.utf8)) else { throw .noBroker(path) }
    do {
      // The socket that was looked at is the one that is connected to.
      let file = try FileDescriptor.open(path, [.path, .noFollow])
      let status = try file.status()
      guard status.kind == .socket, status.user == .root, status.mode & 0o077 == 0 else {
        throw ControlFailure.notTrusted(self.path)
      }
      let socket = try MessageSocket.connected(toObject: file, named: path)
      guard try socket.peer().user == .root else { throw ControlFailure.notTrusted(self.path) }
      return socket
    } catch let error as ControlFailure {
      throw error
    } catch let error as KernelError where error.isAbsence || error.code == ECONNREFUSED {
      throw .noBroker(self.path)
    } catch {
      throw .noAnswer("\(error)")
    }
  }

  private static func decode(_ received: consuming ReceivedMessage) throws -> Answer {
    var message = received
    if message.bytes.isEmpty {
      throw ControlFailure.noAnswer("it ended, or has too many administrators to serve")
    }
    do {
      let reply = try ControlReply(decoding: message.bytes)
      guard let file = message.takeDescriptor() else {
        return Answer(reply: reply, findings: PolicyFindings())
      }
      try file.seek(to: 0)
      return Answer(
        reply: reply,
        findings: try PolicyFindings(decoding: file.readAll(limit: PolicyFindings.maximumSize)))
    } catch let error as WireError {
      throw ControlFailure.noAnswer("\(error); keyhole and keyhole-broker must be of one version")
    }
  }
}
