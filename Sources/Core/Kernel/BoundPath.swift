internal import CKeyhole

extension MessageSocket {
  /// The path that the socket behind a number is bound to; nil when it is no unix socket, or bound to no path.
  /// getsockname(2), unix(7)
  public static func boundPath(of number: CInt) -> FilePath? {
    let path = try? unsafe filledBytes(atMost: 128) { buffer throws(KernelError) in
      // The buffer lives through the call, and its own length bounds it.
      try attempt(.getsockname) {
        Int(unsafe keyhole_unix_bound_path(number, buffer.baseAddress, buffer.count))
      }
    }
    return path.flatMap { $0.isEmpty ? nil : FilePath($0) }
  }
}
