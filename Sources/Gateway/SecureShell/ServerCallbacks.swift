internal import CLibSSH

/// What came in on a connection and was not looked at yet, and the answers that libssh wants at once.
@safe
final class ServerCallbacks {
  let meter = PacketMeter()
  /// Channels that were opened, and not taken by ``AuthenticatedServer/nextChannel()`` yet.
  var opened: [ChannelEvents] = []
  /// Channels of which the client said that it reads no more.
  private var unread: [ssh_channel] = unsafe []
  var isAuthenticated = false
  /// A request for a service other than authentication.
  var askedForOtherService = false
  /// How many channels may be open; libssh refuses the others in the server's name.
  var channelLimit = 0
  var channelCount = 0
  /// libssh's session is gone, and its channels with it.
  var isGone = false

  private var hasGreeted = false
  private let authority: any Authority
  private let callbacks: UnsafeMutablePointer<ssh_server_callbacks_struct>

  init(_ authority: any Authority) {
    self.authority = authority
    unsafe callbacks = .allocate(capacity: 1)
    unsafe callbacks.initialize(to: ssh_server_callbacks_struct())
    unsafe callbacks.pointee.size = MemoryLayout<ssh_server_callbacks_struct>.size
    unsafe callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
    unsafe callbacks.pointee.auth_pubkey_function = { session, user, key, state, data in
      guard let session = unsafe session, let key = unsafe key else { return denied }
      return unsafe ServerCallbacks.from(data).publicKey(session, bytes(of: user), key, Int32(state))
    }
    unsafe callbacks.pointee.auth_none_function = { session, _, data in
      if let session = unsafe session { unsafe ServerCallbacks.from(data).greet(session) }
      return denied
    }
    // Without this one, libssh asks the host's Kerberos.
    unsafe callbacks.pointee.gssapi_select_oid_function = { _, _, _, _, data in
      unsafe ServerCallbacks.from(data).authority.refusedUnasked()
      return nil
    }
    unsafe callbacks.pointee.service_request_function = { _, service, data in
      if unsafe bytes(of: service) != Array("ssh-userauth".utf8) {
        unsafe ServerCallbacks.from(data).askedForOtherService = true
      }
      return 0
    }
    unsafe callbacks.pointee.channel_open_request_session_function = { session, data in
      guard let session = unsafe session else { return nil }
      return unsafe ServerCallbacks.from(data).open(session)
    }
  }

  deinit {
    // The session that was given them has been freed.
    unsafe callbacks.deallocate()
  }

  func attach(to session: ssh_session) {
    // This object outlives the session: ServerHandle holds both.
    unsafe _ = ssh_set_server_callbacks(session, callbacks)
    unsafe ssh_set_counters(session, meter.wire, meter.packets)
    let own = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe ssh_set_message_callback(
      session,
      { _, message, data in
        guard let message = unsafe message else { return 1 }
        unsafe ServerCallbacks.from(data).unanswered(message)
        // libssh answers: refused.
        return 1
      }, own)
    unsafe _ = ssh_set_log_userdata(own)
    unsafe _ = ssh_set_log_callback { _, _, line, data in
      guard let line = unsafe line, unsafe data != nil else { return }
      unsafe ServerCallbacks.from(data).meter.heard(line)
    }
    // The level at which libssh names each packet as it comes.
    _ = ssh_set_log_level(CInt(SSH_LOG_PACKET))
  }

  func detach() {
    _ = ssh_set_log_level(0)
    _ = ssh_set_log_userdata(nil)
  }

  private static var accepted: CInt { CInt(SSH_AUTH_SUCCESS.rawValue) }

  private static func from(_ data: UnsafeMutableRawPointer?) -> ServerCallbacks {
    // init and attach(to:) put an object there that outlives the session.
    unsafe Unmanaged<ServerCallbacks>.fromOpaque(data.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// Called once for an offered key and once for a proved one. Only a valid signature authenticates.
  private func publicKey(
    _ session: ssh_session, _ user: [UInt8], _ presented: ssh_key, _ state: CInt
  ) -> CInt {
    unsafe greet(session)
    guard !isAuthenticated, let key = unsafe ClientKey(presented), key.isAcceptable else {
      authority.refusedUnasked()
      return denied
    }
    switch state {
    case SSH_PUBLICKEY_STATE_NONE.rawValue:
      return authority.wouldTake(key, user: user) ? Self.accepted : denied
    case SSH_PUBLICKEY_STATE_VALID.rawValue:
      switch authority.admit(key, user: user) {
      case .admitted:
        isAuthenticated = true
        return Self.accepted
      case .refused(let banner):
        unsafe Self.show(banner, on: session)
        return denied
      }
    default:
      authority.refusedUnasked()
      return denied
    }
  }

  private func greet(_ session: ssh_session) {
    if hasGreeted { return }
    hasGreeted = true
    unsafe Self.show(authority.greeting(), on: session)
  }

  static func show(_ banner: String, on session: ssh_session) {
    guard !banner.isEmpty, let text = unsafe ssh_string_from_char(banner) else { return }
    unsafe _ = ssh_send_issue_banner(session, text)
    unsafe ssh_string_free(text)
  }

  private func open(_ session: ssh_session) -> ssh_channel? {
    guard channelCount < channelLimit, let channel = unsafe ssh_channel_new(session) else { return nil }
    let events = unsafe ChannelEvents(channel, meter: meter)
    guard events.attach() else {
      unsafe ssh_channel_free(channel)
      return nil
    }
    channelCount += 1
    opened.append(events)
    return unsafe channel
  }

  /// A request that no callback takes: another method of authentication, another kind of channel or request.
  private func unanswered(_ message: ssh_message) {
    switch unsafe UInt32(bitPattern: ssh_message_type(message)) {
    case SSH_REQUEST_AUTH.rawValue: authority.refusedUnasked()
    case SSH_REQUEST_CHANNEL.rawValue where meter.isEndOfReading:
      guard let channel = unsafe ssh_message_channel_request_channel(message) else { return }
      unsafe unread.append(channel)
    default: break
    }
  }

  /// Whether the client said that it reads no more of this channel; only the first time.
  func takeEndOfReading(_ channel: ssh_channel) -> Bool {
    let before = unsafe unread.count
    unsafe unread.removeAll { $0 == channel }
    return unsafe unread.count < before
  }
}

/// SSH_AUTH_DENIED of libssh.h.
private let denied = CInt(SSH_AUTH_DENIED.rawValue)
