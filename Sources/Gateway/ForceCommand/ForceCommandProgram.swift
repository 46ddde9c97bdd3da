internal import Glibc
internal import Kernel
internal import Wire

/// keyhole-shell: the forced command of an OpenSSH server.
///
/// It hands the session's command and its three streams to the broker and returns what the broker says. It decides
/// nothing. When the client goes away, it goes away, and the broker ends the call.
public enum ForceCommandProgram {
  private static let defaultSocket: FilePath = "/run/keyhole/broker.sock"
  /// Keyhole itself could not.
  private static let cannot: Int32 = 125
  private static let usage: Int32 = 64

  /// Does not return; the exit status is the call's.
  public static func run(arguments: [String]) -> Never {
    SignalDescriptor.ignoreBrokenPipes()
    guard let path = socketPath(arguments) else {
      say(["usage: keyhole-shell [--socket PATH]", "hint: sshd starts it, by ForceCommand in sshd_config(5)"])
      exit(usage)
    }
    let request: CallRequest
    do throws(KernelError) {
      request = try SessionEnvironment.request()
    } catch {
      say(["sshd does not let its account of the authentication be read: \(error)"])
      exit(cannot)
    }
    let broker: MessageSocket
    do throws(KernelError) {
      // The socket that was looked at is the one that is connected to.
      let socket = try FileDescriptor.open(path, [.path, .noFollow])
      let status = try socket.status()
      guard status.kind == .socket, status.user == .root, status.mode & 0o007 == 0 else {
        say(["\(path) is not the broker's: it belongs to somebody else, or everybody may use it", brokerHint])
        exit(cannot)
      }
      broker = try .connected(toObject: socket, named: path)
      guard try broker.peer().user == .root else {
        say(["\(path) is not the broker's: somebody else than root listens there", brokerHint])
        exit(cannot)
      }
    } catch {
      say(["the broker cannot be reached: \(error)", brokerHint])
      exit(cannot)
    }
    exit(relay(request, to: broker))
  }

  private static let brokerHint =
    "hint: nothing was run; an administrator sees more with `systemctl status keyhole-broker`"
  private static let endedHint =
    "hint: what ran was ended with it; an administrator sees more with `systemctl status keyhole-broker`"

  private static func socketPath(_ arguments: [String]) -> FilePath? {
    switch arguments.count {
    case 1: defaultSocket
    case 3 where arguments[1] == "--socket": FilePath(Array(arguments[2].utf8))
    default: nil
    }
  }

  private static func relay(_ request: CallRequest, to broker: borrowing MessageSocket) -> Int32 {
    do throws(KernelError) {
      // After a refusal by the broker the message cannot be sent, yet its answer waits.
      try? broker.send(request.encoded(), descriptors: [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO])
      guard try waitForReply(from: broker) else { return cannot }
      let message = try receiveReply(from: broker)
      guard let reply = try? CallReply(decoding: message.bytes) else {
        say(["the broker ended before the call did", endedHint])
        return cannot
      }
      say(reply.messages)
      return Int32(reply.status)
    } catch {
      say(["the broker cannot be talked to: \(error)", brokerHint])
      return cannot
    }
  }

  /// A broker that has no place for a call answers without reading the request: the kernel reports that first.
  private static func receiveReply(from broker: borrowing MessageSocket) throws(KernelError)
    -> ReceivedMessage
  {
    do throws(KernelError) {
      return try broker.receive(upTo: CallReply.maximumSize)
    } catch  where error.code == ECONNRESET {
      return try broker.receive(upTo: CallReply.maximumSize)
    }
  }

  /// Waits until the broker has something to say; false when the client went away first.
  ///
  /// sshd leaves a forced command alone when its client disconnects, but closes its end of the command's streams.
  private static func waitForReply(from broker: borrowing MessageSocket) throws(KernelError) -> Bool {
    while true {
      var entries = [PollEntry(broker.descriptor, .readable), PollEntry(number: STDOUT_FILENO, [])]
      _ = try poll(&entries, milliseconds: nil)
      if !entries[0].got.isEmpty { return true }
      if !entries[1].got.isDisjoint(with: [.hangUp, .error, .invalid]) { return false }
    }
  }

  /// Keyhole's words on standard error; hints stand on their own lines.
  private static func say(_ lines: [String]) {
    let text = lines.map { $0.hasPrefix("hint: ") ? "\($0)\n" : "keyhole: \($0)\n" }.joined()
    let error = FileDescriptor(owning: STDERR_FILENO)
    try? error.writeAll(Array(text.utf8))
    _ = error.release()
  }
}
