internal import CLibSSH

/// One session channel of a client. RFC 4254, 6.1
@safe
public struct Channel: ~Copyable {
  public enum Stream: Sendable {
    case output
    case error
  }

  private let events: ChannelEvents
  private let callbacks: ServerCallbacks

  init(_ events: ChannelEvents, _ callbacks: ServerCallbacks) {
    self.events = events
    self.callbacks = callbacks
  }

  deinit {
    callbacks.channelCount -= 1
    _ = unsafe callbacks.takeEndOfReading(events.channel)
    // When the session is gone, libssh has freed its channels.
    if callbacks.isGone { return }
    events.detach()
    unsafe ssh_channel_free(events.channel)
  }

  /// What the client asked to run, once.
  public func takeProgram() -> ProgramRequest? { events.program.take() }

  /// KEYHOLE_TARGET, when the client set it before it asked for a program.
  public var target: [UInt8]? { events.target }

  /// Names of signals that the client sent, without SIG. RFC 4254, 6.9
  public func takeSignals() -> [String] {
    defer { events.signals = [] }
    return events.signals
  }

  /// Whether the client has said that it reads no more of what the program writes; only the first time.
  public func takeEndOfReading() -> Bool { unsafe callbacks.takeEndOfReading(events.channel) }

  /// The client has closed the channel.
  public var isClosed: Bool { callbacks.isGone || events.isClosed }

  /// The client sends no more data; what it sent before may still be there to be read.
  public var reachedEnd: Bool { events.reachedEnd || events.isClosed }

  /// How much data has come and was not taken, in bytes, on both streams.
  public var unread: Int {
    if callbacks.isGone { return 0 }
    let data = events.mayHaveData ? Int(unsafe ssh_channel_poll(events.channel, 0)) : 0
    let extended = events.mayHaveExtendedData ? Int(unsafe ssh_channel_poll(events.channel, 1)) : 0
    return max(0, data) + max(0, extended)
  }

  /// All the data that has come, and nothing that is yet to come: libssh opens the window again with every read, so that a
  /// read of less would let the client send without end.
  ///
  /// What the client sent as standard error is dropped: a server expects none. RFC 4254, 5.2
  public func read() throws(SecureShellError) -> [UInt8] {
    if callbacks.isGone { return [] }
    if events.mayHaveExtendedData {
      events.mayHaveExtendedData = false
      _ = try take(stream: 1)
    }
    guard events.mayHaveData else { return [] }
    events.mayHaveData = false
    return try take(stream: 0)
  }

  private func take(stream: CInt) throws(SecureShellError) -> [UInt8] {
    let waiting = Int(unsafe ssh_channel_poll(events.channel, stream))
    guard waiting > 0 else { return [] }
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: waiting) { buffer, filled in
      // The buffer has room for what is waiting.
      let count = unsafe ssh_channel_read_nonblocking(
        events.channel, buffer.baseAddress, UInt32(waiting), stream)
      failed = count < 0
      filled = max(0, Int(count))
    }
    // A channel that the client has closed meanwhile has nothing more to give.
    if failed && !events.isClosed { throw SecureShellError("ssh_channel_read", "the channel is broken") }
    return bytes
  }

  /// How much the client's window takes now, in bytes.
  public var window: Int { callbacks.isGone ? 0 : Int(unsafe ssh_channel_window_size(events.channel)) }

  /// Sends some of the bytes and returns how many: fewer than all while keys are exchanged, and when the window is full.
  public func write(_ bytes: ArraySlice<UInt8>, to stream: Stream) throws(SecureShellError) -> Int {
    guard !callbacks.isGone, !bytes.isEmpty else { return 0 }
    let count = unsafe bytes.withUnsafeBytes { buffer in
      // The slice's storage lives through the call, which copies.
      switch stream {
      case .output:
        unsafe ssh_channel_write(events.channel, buffer.baseAddress, UInt32(clamping: buffer.count))
      case .error:
        unsafe ssh_channel_write_stderr(events.channel, buffer.baseAddress, UInt32(clamping: buffer.count))
      }
    }
    if count < 0 { throw SecureShellError("ssh_channel_write", "the channel is broken") }
    return Int(count)
  }

  /// Says how the program ended, that no data follows, and closes: nothing may be waiting to be written. RFC 4254, 6.10
  public func finish(status: UInt8) {
    if isClosed { return }
    unsafe _ = ssh_channel_request_send_exit_status(events.channel, CInt(status))
    unsafe _ = ssh_channel_send_eof(events.channel)
    unsafe _ = ssh_channel_close(events.channel)
  }
}
