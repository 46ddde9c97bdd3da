internal import CLibSSH

/// What a client asks a session channel to run. RFC 4254, 6.5
public enum ProgramRequest: Equatable, Sendable {
  /// The bytes up to the first NUL, and whether these were all.
  case exec(line: [UInt8], isWhole: Bool)
  case shell
  /// Such as sftp, and the client wants no answer to it: it would wait for ever.
  case subsystem
}

/// What came in on one channel and was not looked at yet. libssh's callbacks only write down: they run within other calls
/// of libssh, on a channel that may be in use.
@safe
final class ChannelEvents {
  /// The channel that they are of; libssh frees it when its owner says so.
  let channel: ssh_channel
  var program: ProgramRequest?
  var hasProgram = false
  var target: [UInt8]?
  var signals: [String] = []
  var mayHaveData = false
  var mayHaveExtendedData = false
  var reachedEnd = false
  var isClosed = false

  unowned let meter: PacketMeter
  private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>

  init(_ channel: ssh_channel, meter: PacketMeter) {
    unsafe self.channel = channel
    self.meter = meter
    unsafe callbacks = .allocate(capacity: 1)
    unsafe callbacks.initialize(to: ssh_channel_callbacks_struct())
    // libssh reads no further than to the size that is named here: the macro ssh_callbacks_init does the same.
    unsafe callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
    unsafe callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
    unsafe callbacks.pointee.channel_data_function = { _, _, _, _, isExtended, data in
      if isExtended != 0 {
        unsafe ChannelEvents.from(data).mayHaveExtendedData = true
      } else {
        unsafe ChannelEvents.from(data).mayHaveData = true
      }
      // None of the data was taken: it counts against the window until it is.
      return 0
    }
    unsafe callbacks.pointee.channel_eof_function = { _, _, data in
      unsafe ChannelEvents.from(data).reachedEnd = true
    }
    unsafe callbacks.pointee.channel_close_function = { _, _, data in
      unsafe ChannelEvents.from(data).isClosed = true
    }
    unsafe callbacks.pointee.channel_signal_function = { _, _, name, data in
      guard let name = unsafe name else { return }
      let events = unsafe ChannelEvents.from(data)
      if events.signals.count < 16 { events.signals.append(unsafe String(cString: name)) }
    }
    unsafe callbacks.pointee.channel_exec_request_function = { _, _, command, data in
      unsafe ChannelEvents.from(data).requested(command)
    }
    unsafe callbacks.pointee.channel_shell_request_function = { _, _, data in
      unsafe ChannelEvents.from(data).take(.shell)
    }
    unsafe callbacks.pointee.channel_env_request_function = { _, _, name, value, data in
      unsafe ChannelEvents.from(data).environment(name, value)
    }
    // Accepting it would only be wrong later. The client goes on without a terminal.
    unsafe callbacks.pointee.channel_pty_request_function = { _, _, _, _, _, _, _, _ in -1 }
    unsafe callbacks.pointee.channel_subsystem_request_function = { _, _, _, data in
      let events = unsafe ChannelEvents.from(data)
      if events.meter.wantsNoAnswer { _ = events.take(.subsystem) }
      return 1
    }
  }

  deinit {
    // The channel has forgotten them: Channel removes them before it goes.
    unsafe callbacks.deallocate()
  }

  func attach() -> Bool {
    // The callbacks live as long as this object, which the channel's owner keeps.
    unsafe ssh_set_channel_callbacks(channel, callbacks) == SSH_OK
  }

  func detach() {
    unsafe _ = ssh_remove_channel_callbacks(channel, callbacks)
  }

  private static func from(_ data: UnsafeMutableRawPointer?) -> ChannelEvents {
    // init put an object there that outlives its registration.
    unsafe Unmanaged<ChannelEvents>.fromOpaque(data.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// 0: accepted. One program for each channel.
  private func take(_ request: ProgramRequest) -> CInt {
    if hasProgram { return 1 }
    hasProgram = true
    program = request
    return 0
  }

  private func requested(_ command: UnsafePointer<CChar>?) -> CInt {
    let line = unsafe bytes(of: command)
    // Type, channel, length and "exec", want-reply, length, command: RFC 4254, 6.5.
    return take(.exec(line: line, isWhole: meter.payloadSize == 18 + line.count))
  }

  private func environment(_ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?) -> CInt {
    let name = unsafe bytes(of: name)
    let value = unsafe bytes(of: value)
    guard name == Array("KEYHOLE_TARGET".utf8), meter.payloadSize == 21 + name.count + value.count else {
      return 1
    }
    target = value
    return 0
  }
}
