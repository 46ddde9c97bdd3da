internal import Wire

/// What authentication has led to: only an admitted client gets what runs commands.
enum AuthenticationEnd: ~Copyable {
  case admitted(AuthenticatedSession)
  case ended(SessionExit)

  /// Serves an admitted client to the end of the connection.
  consuming func serve() -> SessionExit {
    switch consume self {
    case .admitted(let session): session.serve()
    case .ended(let exit): exit
    }
  }
}
