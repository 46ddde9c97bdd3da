internal import Glibc

/// What this host calls itself. uname(2)
enum HostName {
  static var own: String {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return "localhost" }
    // A NUL-terminated array inside the structure.
    return unsafe withUnsafeBytes(of: &name.nodename) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
