internal import Glibc
internal import Kernel
internal import SecureShell
internal import Wire

/// One channel of an agent: at most one call, its three streams, and its end.
final class ServedChannel {
  /// Keyhole itself could not.
  private static let cannot: UInt8 = 125
  /// How long a finished call's streams may stay open behind it, in nanoseconds.
  private static let grace: Int64 = 2_000_000_000

  private let channel: Channel
  private var call: RunningCall?
  /// Of the call's socket, while it runs.
  private var callNumber: CInt?
  private var input = IncomingStream()
  private var output = OutgoingStream(.output)
  private var error = OutgoingStream(.error)
  /// How the call ended; what is left is to hand over what it wrote, these words and the status.
  private var end: CallReply?
  /// Until when its streams may stay open, on ``MonotonicClock``.
  private var streamsUntil: Int64 = 0
  private var hasFinished = false

  init(_ channel: consuming Channel) {
    self.channel = channel
  }

  /// A call runs.
  var isRunning: Bool { callNumber != nil }
  /// A call runs, or what it left is not handed over yet.
  var isBusy: Bool { (isRunning || end != nil) && !hasFinished }
  /// Both sides have closed the channel.
  var isOver: Bool { channel.isClosed }
  var inputBytes: UInt64 { input.bytes }
  /// What the client sent and nobody has taken, in bytes.
  var unread: Int { channel.unread }

  /// What the client asks to run now.
  func takeProgram() -> ProgramRequest? { channel.takeProgram() }
  var target: [UInt8]? { channel.target }

  /// Hands a call to the broker.
  func start(_ call: SessionCall, over broker: BrokerLink) {
    do throws(RunningCall.Failure) {
      let started = try RunningCall.start(call, over: broker, &input, &output, &error)
      callNumber = started.number
      self.call = consume started
    } catch {
      switch error {
      case .broker: end(Words.ended, status: Self.cannot)
      case .resources(let failure): end(["the call cannot be set up: \(failure)"], status: Self.cannot)
      }
    }
  }

  /// Ends what runs, or would have, with words and a status.
  func end(_ words: [String], status: UInt8) {
    if end != nil { return }
    end = CallReply(status: status, messages: words)
    streamsUntil = MonotonicClock.now + Self.grace
    // The broker sees the hang-up, and ends what runs.
    call = nil
    callNumber = nil
    input.close()
  }

  /// Ends what runs, and waits no longer than `patience` nanoseconds for what it wrote.
  func end(_ words: [String], status: UInt8, patience: Int64) {
    if isRunning { end(words, status: status) }
    streamsUntil = min(streamsUntil, MonotonicClock.now + patience)
  }

  /// The client has sent a signal: the broker knows only one way to end a call.
  private func obeySignals() {
    let ending: Set<String> = ["HUP", "INT", "KILL", "TERM", "QUIT"]
    for signal in channel.takeSignals() where ending.contains(signal) && isRunning {
      end(["ended by the signal \(signal) that the client sent"], status: Self.signalStatus(signal))
    }
  }

  /// 128 and the signal's number, as the command's own end by it would be reported. signal(7)
  private static func signalStatus(_ name: String) -> UInt8 {
    switch name {
    case "HUP": 129
    case "INT": 130
    case "QUIT": 131
    case "KILL": 137
    default: 143
    }
  }

  /// What to wait for on this channel's own descriptors; while something waits for the client, its command waits too.
  func entries(whileWriting isWriting: Bool) -> [PollEntry] {
    var entries: [PollEntry] = []
    if let number = callNumber { entries.append(PollEntry(number: number, .readable)) }
    if let number = input.number { entries.append(PollEntry(number: number, .writable)) }
    if !isWriting {
      if output.wantsToRead, let number = output.number {
        entries.append(PollEntry(number: number, .readable))
      }
      if error.wantsToRead, let number = error.number { entries.append(PollEntry(number: number, .readable)) }
    }
    return entries
  }

  /// When this channel wants to be looked at again though nothing has happened, on ``MonotonicClock``.
  var deadline: Int64? { end != nil && !hasFinished ? streamsUntil : nil }

  /// Does what can be done now. `mayWrite`: libssh has written what it was given before. `ready`: the descriptors of
  /// ``entries(whileWriting:)`` that have something.
  func advance(mayWrite: Bool, ready: [CInt]) throws(SecureShellError) {
    if channel.isClosed {
      call = nil
      callNumber = nil
      input.close()
      return
    }
    // libssh lets nobody read from a channel that this side has closed.
    if hasFinished { return }
    obeySignals()
    // The command learns it as of any pipe whose reader is gone.
    if channel.takeEndOfReading() { output.abandon() }
    if isRunning || end != nil { try input.pump(from: channel) }
    if let number = callNumber, ready.contains(number), let word = call?.hear() {
      switch word {
      case .ended(let reply): end(reply.messages, status: reply.status)
      case .brokerGone: end(Words.ended, status: Self.cannot)
      }
    }
    guard mayWrite else { return }
    try output.pump(to: channel, isReady: output.number.map { ready.contains($0) || end != nil } ?? false)
    try error.pump(to: channel, isReady: error.number.map { ready.contains($0) || end != nil } ?? false)
    try finish()
  }

  /// The command's own bytes first, then Keyhole's words, then the status.
  private func finish() throws(SecureShellError) {
    guard let reply = end, !hasFinished else { return }
    // A process that was not the call's may hold a pipe open: its bytes are nobody's.
    if MonotonicClock.now >= streamsUntil {
      output.close()
      error.close()
    }
    guard output.isDone && error.isDone else { return }
    if !reply.messages.isEmpty {
      error.append(Words.shown(reply.messages))
      end?.messages = []
      try error.pump(to: channel, isReady: false)
      guard error.isDone else { return }
    }
    hasFinished = true
    channel.finish(status: reply.status)
  }
}
