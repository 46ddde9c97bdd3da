import Glibc
import TestSupport
import Testing
import Wire

@testable import Kernel
@testable import Sandbox

/// Each test has a process of its own: ``Faults`` and the filters' descriptor number hold for the whole process.
@Suite("Launching a stage")
struct StageLauncherTests {
  private static let program = "/bin/sh"

  /// The calls of a launch, and how many of each come before the program runs.
  private static let calls: [(call: SystemCall, count: Int)] = [
    (.openat2, 3), (.read, 1), (.landlock_create_ruleset, 1), (.landlock_add_rule, 2), (.statx, 1), (.dup, 1),
    (.clone, 1),
  ]

  @Test("a call that fails ends the launch under its name, and leaves neither process nor descriptor")
  func failing() async {
    await #expect(processExitsWith: .success) {
      try Credentials.forbidNewPrivileges()
      let parts = try Parts()
      let before = try openDescriptors()
      for (call, count) in Self.calls {
        for place in 0..<count {
          for code in [EPERM, ENOMEM, EMFILE, ENOSPC] {
            Faults.force([CInt](repeating: 0, count: place) + [code], on: call)
            let outcome = try Self.launch(parts)
            #expect(!Faults.areOutstanding, "\(call) \(place)")
            #expect(
              outcome.program == Self.program && outcome.error?.call == call && outcome.error?.code == code)
            #expect(try ChildProcess.reap(waiting: true) == nil, "\(call) \(place)")
            #expect(try openDescriptors() == before, "\(call) \(place)")
          }
        }
      }
    }
  }

  @Test(
    "a call that a signal interrupts is made again, and a kernel that cannot wake on one CPU does without")
  func goingOn() async {
    await #expect(processExitsWith: .success) {
      try Credentials.forbidNewPrivileges()
      let parts = try Parts()
      for (call, _) in Self.calls {
        Faults.force([EINTR], on: call)
        let outcome = try Self.launch(parts)
        #expect(outcome.error == nil, "\(call)")
      }
      Faults.force([EINVAL], on: .ioctl)
      let outcome = try Self.launch(parts)
      #expect(outcome.error == nil)
    }
  }

  /// What a launch needs, made before anything fails. The one filter allows everything.
  private final class Parts {
    let root: FileDescriptor
    let filters: FileDescriptor

    init() throws {
      root = try .open("/", .path)
      // Once asked, the process keeps a descriptor for the next time.
      _ = try root.location()
      let returnAllow: [UInt8] = [0x06, 0, 0, 0, 0, 0, 0xFF, 0x7F]
      filters = try .memoryFile(named: "filters", holding: FilterProgram.file(of: [returnAllow]))
    }
  }

  private struct Outcome {
    var program: String?
    var error: KernelError?
  }

  /// Launches the program, and ends it when it was started.
  private static func launch(_ parts: Parts) throws -> Outcome {
    let number = ExecDescriptor.filters.rawValue
    // Whoever has that number gets it back.
    let saved = dup(number)
    defer {
      if saved >= 0 {
        dup2(saved, number)
        close(saved)
      } else {
        close(number)
      }
    }
    guard dup2(parts.filters.number, number) == number else { throw Absent() }
    let words = ["sh", "-c", "true"].map { Array($0.utf8) }
    let planned = PlannedProgram(
      executable: Array(program.utf8), arguments: words.map { .literal($0) }, environment: [], groups: [],
      sockets: [],
      readable: [], programs: [], scratch: 0, filter: 0, memory: 1 << 30, processes: 1000, maximumOperands: 10
    )
    do throws(StageLauncher.Failure) {
      let stage = try StageLauncher(landlockVersion: 1).launch(
        planned, arguments: words, streams: .init(input: 0, output: 1, error: 2), directory: parts.root,
        time: 1000, in: nil)
      try? stage.child.kill()
      _ = try? stage.child.wait()
      return Outcome()
    } catch {
      guard case .kernel(let name, let error) = error else { return Outcome() }
      return Outcome(program: name, error: error)
    }
  }
}
