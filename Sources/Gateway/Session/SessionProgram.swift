internal import Glibc

/// keyhole-session: serves one connection of keyhole-sshd.
public enum SessionProgram {
  public static func run() -> Never { exit(1) }
}
