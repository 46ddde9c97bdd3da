import Glibc
import Kernel
import TestSupport
import Testing
import Wire

@testable import ForceCommand

/// The environment belongs to the process, so each test has one of its own.
@Suite("What sshd tells a forced command")
struct SessionEnvironmentTests {
  @Test("a session without a command, as for a shell, is told from one with an empty command")
  func noCommand() async {
    await #expect(processExitsWith: .success) {
      clearSession()
      let shell = try SessionEnvironment.request()
      #expect(shell == CallRequest(line: nil, lineLength: 0, connection: [], authentication: [], target: nil))
      #expect(unsafe setenv("SSH_ORIGINAL_COMMAND", "", 1) == 0)
      let empty = try SessionEnvironment.request()
      #expect(empty.line == [] && empty.lineLength == 0)
    }
  }

  @Test("the command's bytes are handed on as they came")
  func rawBytes() async {
    await #expect(processExitsWith: .success) {
      clearSession()
      let raw: [UInt8] = [0x20, 0xFF, 0xC3, 0x28, 0x0A, 0x0D, 0x1B, 0x27]
      #expect(unsafe setenv("SSH_ORIGINAL_COMMAND", raw.map { CChar(bitPattern: $0) } + [0], 1) == 0)
      #expect(unsafe setenv("SSH_CONNECTION", "2001:db8::1 5022 192.0.2.1 22", 1) == 0)
      #expect(unsafe setenv("KEYHOLE_TARGET", "web-02", 1) == 0)
      let request = try SessionEnvironment.request()
      #expect(request.line == raw)
      #expect(request.lineLength == 8)
      #expect(request.connection == Array("2001:db8::1 5022 192.0.2.1 22".utf8))
      #expect(request.target == Array("web-02".utf8))
    }
  }

  @Test("a line that is too long is cut, and its length is told")
  func longLine() async {
    await #expect(processExitsWith: .success) {
      clearSession()
      #expect(unsafe setenv("SSH_ORIGINAL_COMMAND", String(repeating: "a", count: 100_000), 1) == 0)
      #expect(unsafe setenv("SSH_CONNECTION", String(repeating: "b", count: 1000), 1) == 0)
      #expect(unsafe setenv("KEYHOLE_TARGET", String(repeating: "c", count: 1000), 1) == 0)
      let request = try SessionEnvironment.request()
      #expect(request.line?.count == CallRequest.maximumLine)
      #expect(request.lineLength == 100_000)
      // Whatever the environment holds, the broker can read the request.
      #expect(try CallRequest(decoding: request.encoded()) == request)
    }
  }

  @Test("the file that SSH_USER_AUTH names is handed on, no more of it than the broker takes")
  func authentication() async {
    await #expect(processExitsWith: .success) {
      clearSession()
      let place = try TemporaryDirectory()
      try place.makeFile("auth", "publickey ssh-ed25519 AAAA\n")
      #expect(unsafe setenv("SSH_USER_AUTH", "\(place.path)/auth", 1) == 0)
      #expect(try SessionEnvironment.request().authentication == Array("publickey ssh-ed25519 AAAA\n".utf8))
      try place.makeFile("long", String(repeating: "x", count: 100_000))
      #expect(unsafe setenv("SSH_USER_AUTH", "\(place.path)/long", 1) == 0)
      let request = try SessionEnvironment.request()
      #expect(request.authentication.count == WireLimit.authentication)
      #expect(try CallRequest(decoding: request.encoded()) == request)
    }
  }

  @Test("an account of the authentication that cannot be read is an error, and not an absent one")
  func unreadableAuthentication() async {
    await #expect(processExitsWith: .success) {
      clearSession()
      let place = try TemporaryDirectory()
      try place.makeSymbolicLink("link", to: "/dev/null")
      for (name, code) in [("absent", ENOENT), ("link", ELOOP)] {
        #expect(unsafe setenv("SSH_USER_AUTH", "\(place.path)/\(name)", 1) == 0)
        do throws(KernelError) {
          _ = try SessionEnvironment.request()
          Issue.record("\(name) was read")
        } catch {
          #expect(error.code == code)
        }
      }
    }
  }
}

/// Whatever session the tests themselves run in.
private func clearSession() {
  for name in ["SSH_ORIGINAL_COMMAND", "SSH_CONNECTION", "SSH_USER_AUTH", "KEYHOLE_TARGET"] {
    unsafe _ = unsetenv(name)
  }
}
