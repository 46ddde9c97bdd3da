internal import Glibc
internal import Kernel
internal import Logging
internal import Synchronization
internal import Wire

/// Serves administrators in a thread of its own: one request, one reply, then the connection is closed.
///
/// A client that says nothing costs a descriptor for five seconds at most, and a place that the next client takes when all
/// are taken. None costs the calls anything: they are accepted and served by other threads.
final class ControlService: Sendable {
  private let socket: ControlSocket
  private let requests: ControlRequests
  private let log: Logger

  /// A policy is loaded on it, and YAML nests up to a thousand levels.
  static let stackSize = 8 << 20
  private static let mostWaiting = 16
  /// How long a client may take to say what it wants, in nanoseconds.
  private static let patience: Int64 = 5_000_000_000

  init(_ socket: consuming ControlSocket, _ requests: ControlRequests, log: Logger) {
    self.socket = socket
    self.requests = requests
    self.log = log
  }

  /// A client that was let in and has not asked yet.
  private final class Client {
    let socket: MessageSocket
    let peer: MessageSocket.Peer
    let deadline: Int64

    init(_ socket: consuming MessageSocket, _ peer: MessageSocket.Peer) {
      self.socket = socket
      self.peer = peer
      deadline = MonotonicClock.now + ControlService.patience
    }
  }

  /// Nobody can connect any more.
  func close() {
    do throws(KernelError) {
      try FileChanges.remove(socket.path)
    } catch {
      log.error("\(error)")
    }
  }

  /// Serves for as long as the process lives.
  func serve() {
    var waiting: [Client] = []
    while true {
      var entries = [PollEntry(socket.listener.descriptor, .readable)]
      for client in waiting { entries.append(PollEntry(client.socket.descriptor, .readable)) }
      let rest = waiting.map(\.deadline).min().map { max(0, $0 - MonotonicClock.now) / 1_000_000 + 1 }
      do throws(KernelError) {
        _ = try poll(&entries, milliseconds: rest.map { Int($0) })
      } catch {
        log.error("cannot wait for administrators: \(error)")
        pause()
        continue
      }
      let now = MonotonicClock.now
      var silent: [Client] = []
      for (client, entry) in zip(waiting, entries.dropFirst()) {
        if !entry.got.isEmpty {
          answer(client)
        } else if client.deadline > now {
          silent.append(client)
        }
      }
      waiting = silent
      if !entries[0].got.isEmpty, let client = accept() {
        if waiting.count == Self.mostWaiting { waiting.removeFirst() }
        waiting.append(client)
      }
    }
  }

  private func accept() -> Client? {
    do throws(KernelError) {
      let client = try socket.listener.accept()
      let peer = try client.peer()
      guard peer.user == .root else {
        log.warning(
          "uid \(peer.user), process \(peer.process), connected to the control socket and is not root")
        send(.init(.failed(reason: "only root may talk to the broker", hint: "run it with sudo")), to: client)
        client.discardUnread()
        return nil
      }
      return Client(client, peer)
    } catch {
      log.error("an administrator could not be let in: \(error)")
      pause()
      return nil
    }
  }

  /// What was waited for is there still, and what it lacks, such as a free descriptor, takes a moment to come.
  private func pause() {
    var nothing: [PollEntry] = []
    _ = try? poll(&nothing, milliseconds: 50)
  }

  private func answer(_ client: Client) {
    do throws(KernelError) {
      let message = try client.socket.receive(upTo: ControlRequest.maximumSize)
      // It left without a word.
      if message.bytes.isEmpty { return }
      send(reply(to: message.bytes, from: client.peer), to: client.socket)
    } catch {
      log.warning("an administrator's request could not be read: \(error)")
    }
  }

  private func reply(to bytes: [UInt8], from peer: MessageSocket.Peer) -> ControlRequests.Answer {
    do throws(WireError) {
      return requests.answer(try ControlRequest(decoding: bytes), from: peer)
    } catch {
      log.warning("process \(peer.process) sent a request that is not understood: \(error)")
      return .init(
        .failed(
          reason: "the request is not understood: \(error)",
          hint: "keyhole and keyhole-broker must be of one version"))
    }
  }

  /// The first message on a connection has room in its buffer, so that sending never waits for the client.
  private func send(_ answer: ControlRequests.Answer, to client: borrowing MessageSocket) {
    do throws(KernelError) {
      guard answer.findings.findings.isEmpty else {
        let file = try FileDescriptor.memoryFile(
          named: "keyhole-findings", holding: answer.findings.encoded())
        return try client.send(answer.reply.encoded(), descriptors: [file.number])
      }
      try client.send(answer.reply.encoded())
    } catch  where error.code == EPIPE {
      // A client that went away needs no answer.
    } catch {
      log.error("an administrator was not answered: \(error)")
    }
  }
}
