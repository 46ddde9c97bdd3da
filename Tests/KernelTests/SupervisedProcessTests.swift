import Glibc
import TestSupport
import Testing

@testable import Kernel

/// Each in a process of its own, which gives up new privileges: so they run as any user.
@Suite("Supervised processes")
struct SupervisedProcessTests {
  @Test("opens are held, refused, and ended with the descriptor that the supervisor chose")
  func opens() async {
    await #expect(processExitsWith: .success) {
      let script = """
        if read x < /keyhole/refused; then exit 1; fi
        read y < /keyhole/injected; echo "$y"
        """
      var supervised = try SupervisedShell(script)
      var refused = 0
      try supervised.serve { path in
        switch path {
        case bytes("/keyhole/refused"):
          refused += 1
          return .failure(KernelError(.openat, code: EROFS))
        case bytes("/keyhole/injected"): return .success("chosen\n")
        default: return nil
        }
      }
      #expect(refused == 1)
      #expect(supervised.output.contains("Read-only file system"))
      #expect(supervised.output.hasSuffix("chosen\n"))
      #expect(supervised.end == .exited(0))
    }
  }

  @Test("an answer to a thread that was killed meanwhile is no error, and its call is no longer held")
  func killedWhileHeld() async {
    await #expect(processExitsWith: .success) {
      try Credentials.forbidNewPrivileges()
      var started = try SupervisedShell.start("exec true", output: 2)
      let child = try present(started.takeChild())
      let listener = try present(started.takeListener())
      let call = try #require(try listener.receive())
      let heldBefore = try listener.stillHolds(call)
      #expect(heldBefore)
      try child.kill()
      #expect(try child.wait() == .signaled(9))
      let heldAfter = try listener.stillHolds(call)
      #expect(!heldAfter)
      #expect(failure { try listener.refuse(call, with: EACCES) } == nil)
      #expect(failure { try listener.inject(listener.descriptor, into: call, closeOnExec: true) } == nil)
    }
  }

  @Test("a failure to ask whether a call is still held is not taken for an answer")
  func cannotTell() async {
    await #expect(processExitsWith: .success) {
      try Credentials.forbidNewPrivileges()
      var started = try SupervisedShell.start("exec true", output: 2)
      let child = try present(started.takeChild())
      let listener = try present(started.takeListener())
      let call = try #require(try listener.receive())
      Faults.force([EINTR], on: .seccomp_notif_id_valid)
      let isHeld = try listener.stillHolds(call)
      #expect(isHeld)
      Faults.force([ENOMEM], on: .seccomp_notif_id_valid)
      let error = failure { try listener.stillHolds(call) }
      #expect(error == KernelError(.seccomp_notif_id_valid, code: ENOMEM))
      try child.kill()
      _ = try child.wait()
    }
  }

  @Test("a program under a filter has no descriptor beyond its own: the listener is not among them")
  func listenerStaysHere() async {
    await #expect(processExitsWith: .success) {
      var supervised = try SupervisedShell("exec ls /proc/self/fd")
      try supervised.serve { _ in nil }
      #expect(supervised.output == "0\n1\n2\n3\n")
    }
  }
}

/// A shell whose openat calls are held.
private struct SupervisedShell {
  private(set) var output = ""
  private(set) var end: ProcessEnd?
  private let script: String

  #if arch(x86_64)
    private static let openat: UInt32 = 257
  #elseif arch(arm64)
    private static let openat: UInt32 = 56
  #endif

  init(_ script: String) throws {
    self.script = script
    try Credentials.forbidNewPrivileges()
  }

  /// struct sock_filter: load the number; openat goes to the listener, everything else through.
  private static var program: [UInt8] {
    func instruction(_ code: UInt16, _ jumpTrue: UInt8, _ jumpFalse: UInt8, _ value: UInt32) -> [UInt8] {
      [UInt8(code & 0xFF), UInt8(code >> 8), jumpTrue, jumpFalse]
        + (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }
    return instruction(0x20, 0, 0, 0) + instruction(0x15, 0, 1, openat)
      + instruction(0x06, 0, 0, 0x7FC0_0000) + instruction(0x06, 0, 0, 0x7FFF_0000)
  }

  static func start(_ script: String, output: CInt) throws -> SupervisedProcess {
    let file = try FileDescriptor.memoryFile(named: "filters", holding: FilterProgram.file(of: [program]))
    let null = try FileDescriptor.open("/dev/null")
    let plan = SpawnPlan(
      arguments: ["sh", "-c", script].map(bytes), environment: [bytes("LC_ALL=C"), bytes("PATH=/bin")],
      descriptors: [null.number, output, output])
    let filter = try present(try FilterProgram(0, in: file))
    return try ChildProcess.spawn(try .open("/bin/sh", .path), plan, filter: filter)
  }

  /// Runs the script and answers its opens: with an error, with a file of that text, or (nil) with the very file.
  mutating func serve(_ answer: ([UInt8]) -> Result<String, KernelError>?) throws {
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    var writer: FileDescriptor? = ends.takeSecond()
    var started = try Self.start(script, output: writer?.number ?? -1)
    writer = nil
    let child = try present(started.takeChild())
    let listener = try present(started.takeListener())
    while true {
      var entries = [PollEntry(child.pidfd, .readable), PollEntry(listener.descriptor, .readable)]
      _ = try poll(&entries, milliseconds: 20_000)
      if entries[1].got.contains(.readable), let call = try listener.receive() {
        try Self.end(call, on: listener, answer)
      } else {
        break
      }
    }
    output = String(decoding: try reader.readAll(limit: 65_536), as: UTF8.self)
    end = try child.wait()
  }

  private static func end(
    _ call: HeldCall, on listener: borrowing NotificationListener,
    _ answer: ([UInt8]) -> Result<String, KernelError>?
  ) throws {
    let path = try ForeignMemory.readString(of: call.thread, at: call.arguments[1], limit: 4096) ?? []
    do {
      switch answer(path) {
      case .failure(let error): throw error
      case .success(let text):
        let file = try FileDescriptor.memoryFile(named: "test", holding: bytes(text))
        try file.seek(to: 0)
        try listener.inject(file, into: call, closeOnExec: false)
      case nil:
        // Under the test's own ids: what the program may read, the test may.
        let own =
          path.starts(with: bytes("/proc/self/")) ? bytes("/proc/\(call.thread)/") + path.dropFirst(11) : path
        try listener.inject(
          try .open(try #require(FilePath(own))), into: call, closeOnExec: true)
      }
    } catch let error as KernelError {
      try listener.refuse(call, with: error.code)
    }
  }
}
