import Glibc
import TestSupport
import Testing

@testable import Kernel

/// The environment belongs to the process, so each test has one of its own.
@Suite("Environment and service manager")
struct EnvironmentTests {
  @Test("a value comes as bytes, UTF-8 or not; what is not set is nil")
  func values() async {
    await #expect(processExitsWith: .success) {
      #expect(unsafe setenv("KEYHOLE_TEST", "", 1) == 0)
      #expect(Environment.bytes("KEYHOLE_TEST") == [])
      let raw: [CChar] = [CChar(bitPattern: 0xFF), 0x61, 0x0A, 0]
      #expect(unsafe setenv("KEYHOLE_TEST", raw, 1) == 0)
      #expect(Environment.bytes("KEYHOLE_TEST") == [0xFF, 0x61, 0x0A])
      #expect(Environment.text("KEYHOLE_TEST") == "\u{FFFD}a\n")
      #expect(unsafe unsetenv("KEYHOLE_TEST") == 0)
      #expect(Environment.bytes("KEYHOLE_TEST") == nil)
    }
  }

  @Test("sockets are those after standard error, as many as the manager says")
  func sockets() async {
    await #expect(processExitsWith: .success) {
      #expect(ServiceManager.listeningSockets() == [])
      #expect(unsafe setenv("LISTEN_PID", "\(getpid())", 1) == 0)
      #expect(ServiceManager.listeningSockets() == [])
      for (count, expected) in [
        ("1", [3]), ("3", [3, 4, 5]), ("0", []), ("-1", []), ("16", []), ("x", []), ("", []),
        ("99999999999", []),
      ] as [(String, [CInt])] {
        #expect(unsafe setenv("LISTEN_FDS", count, 1) == 0)
        #expect(ServiceManager.listeningSockets() == expected, "LISTEN_FDS=\(count)")
      }
    }
  }

  @Test("sockets that were passed to another process are not ours")
  func othersSockets() async {
    await #expect(processExitsWith: .success) {
      #expect(unsafe setenv("LISTEN_FDS", "1", 1) == 0)
      for owner in ["\(getppid())", "", "nobody", "\(getpid()) "] {
        #expect(unsafe setenv("LISTEN_PID", owner, 1) == 0)
        #expect(ServiceManager.listeningSockets() == [], "LISTEN_PID=\(owner)")
      }
    }
  }

  @Test("without a manager nobody is notified, and one that is gone is an error")
  func notify() async {
    await #expect(processExitsWith: .success) {
      #expect(unsafe unsetenv("NOTIFY_SOCKET") == 0)
      #expect(failure { try ServiceManager.notify("READY=1") } == nil)
      #expect(unsafe setenv("NOTIFY_SOCKET", "/tmp/keyhole-test-absent/notify", 1) == 0)
      #expect(failure { try ServiceManager.notify("READY=1") }?.code == ENOENT)
    }
  }
}
