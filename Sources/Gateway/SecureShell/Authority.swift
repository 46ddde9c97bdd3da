/// Who decides whom a server lets in. libssh asks from within its packet handlers, so the answers are given at once.
public protocol Authority: AnyObject {
  /// Shown to the user when the client first asks for authentication; empty for nothing. RFC 4252, 5.4
  func greeting() -> String

  /// A client offers a key and has proved nothing. True: it is asked for a signature.
  func wouldTake(_ key: ClientKey, user: [UInt8]) -> Bool

  /// A client has proved that it has the key. What is answered here is the only thing that authenticates.
  func admit(_ key: ClientKey, user: [UInt8]) -> Admission

  /// A method that is never taken, or a key that cannot be used, was tried.
  func refusedUnasked()
}

public enum Admission: Equatable, Sendable {
  case admitted
  /// The text is shown to the user before the refusal; empty for none. RFC 4252, 5.4
  case refused(banner: String)
}
