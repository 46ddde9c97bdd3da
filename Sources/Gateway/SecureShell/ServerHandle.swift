internal import CLibSSH
internal import Glibc

/// What a server is made from.
public struct ServerParameters: Sendable {
  /// Private keys in PEM, one of each kind.
  public var hostKeys: [[UInt8]]
  /// What follows `SSH-2.0-` in the first line.
  public var software: String
  /// New keys after so many bytes either way, and after so many seconds.
  public var rekeyBytes: UInt64
  public var rekeySeconds: UInt32
  /// Channels at once.
  public var channels: Int

  public init(
    hostKeys: [[UInt8]], software: String, rekeyBytes: UInt64, rekeySeconds: UInt32, channels: Int
  ) {
    self.hostKeys = hostKeys
    self.software = software
    self.rekeyBytes = rekeyBytes
    self.rekeySeconds = rekeySeconds
    self.channels = channels
  }
}

/// libssh's session, server side, with what it calls back.
@safe
struct ServerHandle: ~Copyable {
  let session: ssh_session
  let callbacks: ServerCallbacks
  /// The connection's number; libssh closes it.
  let descriptor: CInt
  private let bind: ssh_bind
  private let event: ssh_event

  private init(
    _ session: ssh_session, _ bind: ssh_bind, _ event: ssh_event, _ connection: CInt,
    _ callbacks: ServerCallbacks
  ) {
    descriptor = connection
    self.callbacks = callbacks
    unsafe self.bind = bind
    unsafe self.session = session
    unsafe self.event = event
    unsafe callbacks.attach(to: session)
  }

  /// Takes over a connected socket, which must not block. Nothing is read or sent yet.
  static func make(
    connection: CInt, _ parameters: ServerParameters, _ callbacks: ServerCallbacks
  ) throws(SecureShellError) -> ServerHandle {
    guard let session = unsafe ssh_new(), let bind = unsafe ssh_bind_new(), let event = unsafe ssh_event_new()
    else { throw SecureShellError("ssh_new", "no memory") }
    let handle = unsafe ServerHandle(session, bind, event, connection, callbacks)
    unsafe try setAlgorithms(bind, parameters)
    for key in parameters.hostKeys { unsafe try addHostKey(key, to: bind) }
    unsafe try check("ssh_bind_accept_fd", ssh_bind_accept_fd(bind, session, connection), bind)
    unsafe try setRekeying(session, parameters)
    unsafe ssh_set_auth_methods(session, CInt(SSH_AUTH_METHOD_PUBLICKEY))
    unsafe ssh_set_blocking(session, 0)
    return handle
  }

  deinit {
    // In this order: the event holds the session's socket, and the callbacks are used until the session is gone.
    callbacks.isGone = true
    callbacks.detach()
    unsafe ssh_event_free(event)
    unsafe ssh_free(session)
    unsafe ssh_bind_free(bind)
  }

  private static func setAlgorithms(_ bind: ssh_bind, _ parameters: ServerParameters) throws(SecureShellError)
  {
    // No file is read: neither the system's nor the user's.
    var processConfiguration = false
    var shortest = CInt(Algorithms.shortestModulus)
    let a = SSH_BIND_OPTIONS_PROCESS_CONFIG
    unsafe try check("PROCESS_CONFIG", ssh_bind_options_set(bind, a, &processConfiguration), bind)
    unsafe try check(
      "RSA_MIN_SIZE", ssh_bind_options_set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &shortest), bind)
    let lists: [(ssh_bind_options_e, String)] = [
      (SSH_BIND_OPTIONS_BANNER, parameters.software),
      (SSH_BIND_OPTIONS_KEY_EXCHANGE, Algorithms.list(Algorithms.keyExchange)),
      (SSH_BIND_OPTIONS_CIPHERS_C_S, Algorithms.list(Algorithms.ciphers)),
      (SSH_BIND_OPTIONS_CIPHERS_S_C, Algorithms.list(Algorithms.ciphers)),
      (SSH_BIND_OPTIONS_HMAC_C_S, Algorithms.list(Algorithms.authenticationCodes)),
      (SSH_BIND_OPTIONS_HMAC_S_C, Algorithms.list(Algorithms.authenticationCodes)),
      (SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, Algorithms.list(Algorithms.hostKeys)),
      (SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, Algorithms.list(Algorithms.userSignatures)),
    ]
    for (option, list) in lists {
      unsafe try check("ssh_bind_options_set", ssh_bind_options_set(bind, option, list), bind)
    }
  }

  private static func setRekeying(
    _ session: ssh_session, _ parameters: ServerParameters
  ) throws(SecureShellError) {
    var bytes = parameters.rekeyBytes
    var seconds = parameters.rekeySeconds
    unsafe try check("REKEY_DATA", ssh_options_set(session, SSH_OPTIONS_REKEY_DATA, &bytes), session)
    unsafe try check("REKEY_TIME", ssh_options_set(session, SSH_OPTIONS_REKEY_TIME, &seconds), session)
    for option in [SSH_OPTIONS_COMPRESSION_C_S, SSH_OPTIONS_COMPRESSION_S_C] {
      unsafe try check("COMPRESSION", ssh_options_set(session, option, "none"), session)
    }
  }

  private static func addHostKey(_ pem: [UInt8], to bind: ssh_bind) throws(SecureShellError) {
    var key: ssh_key?
    let text = pem.map { CChar(bitPattern: $0) } + [0]
    // NUL-terminated, and it lives through the call.
    guard unsafe ssh_pki_import_privkey_base64(text, nil, nil, nil, &key) == SSH_OK, let key = unsafe key
    else {
      throw SecureShellError("ssh_pki_import_privkey_base64", "a host key cannot be read")
    }
    // The bind owns the key once it has taken it.
    let result = unsafe ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, UnsafeRawPointer(key))
    if result != SSH_OK { unsafe ssh_key_free(key) }
    unsafe try check("IMPORT_KEY", result, bind)
  }

  private static func check(
    _ call: String, _ result: CInt, _ object: OpaquePointer
  ) throws(SecureShellError) {
    if result == SSH_OK { return }
    throw unsafe SecureShellError(call, String(cString: ssh_get_error(UnsafeMutableRawPointer(object))))
  }

  /// What libssh has to say about the end of the connection.
  var reason: String { unsafe String(cString: ssh_get_error(UnsafeMutableRawPointer(session))) }

  var isBroken: Bool {
    let status = unsafe ssh_get_status(session)
    return status & (SSH_CLOSED | SSH_CLOSED_ERROR) != 0
  }

  /// What to wait for: poll(2) events of the connection.
  var wantsToRead: Bool { unsafe ssh_get_poll_flags(session) & SSH_READ_PENDING != 0 }
  var wantsToWrite: Bool { unsafe ssh_get_poll_flags(session) & SSH_WRITE_PENDING != 0 }

  /// Goes on with the key exchange.
  func exchangeKeys() -> KeyExchangeStep {
    switch unsafe ssh_handle_key_exchange(session) {
    case SSH_OK:
      // Not before the first step: until then the session has no socket to give.
      unsafe _ = ssh_event_add_session(event, session)
      return .done
    case SSH_AGAIN: return .waiting
    default: return .failed
    }
  }

  /// Reads and handles what has come, and writes what waits, without waiting for either. Each step reads at most 4 KiB:
  /// several save waiting in between.
  func process(steps: Int) {
    // SSH_AGAIN: there was nothing to do.
    for _ in 0..<steps {
      if unsafe ssh_event_dopoll(event, 0) != SSH_OK || isCongested { break }
    }
    callbacks.meter.settleRequest()
  }

  /// Sealed and not written yet, in bytes, and a little more.
  var bytesWaiting: UInt64 { callbacks.meter.bytesWaiting(isEmpty: !wantsToWrite) }

  /// So much waits to be written that nothing more should be read: a client that sends requests and never reads would fill
  /// the memory with answers.
  var isCongested: Bool { bytesWaiting > Self.backlog }

  private static let backlog: UInt64 = 1 << 20

  /// Says why and closes. The reason is text for people. RFC 4253, 11.1
  func disconnect(_ reason: String) {
    unsafe _ = ssh_session_set_disconnect_message(session, reason)
    unsafe ssh_disconnect(session)
  }
}

enum KeyExchangeStep {
  case done
  case waiting
  case failed
}
