import Glibc
import TestSupport
import Testing
import Wire

@testable import Kernel
@testable import Sandbox

/// Every system call behind an open, a launch or a step of the confinement fails once: nothing is opened that was not
/// judged, and nothing starts that is not confined. ``Faults`` hold for the whole process, so each test has its own.
@Suite("Failing calls in the sandbox")
struct SandboxFaultTests {
  private static let callsOfAnOpen: [SystemCall] = [.openat2, .readlink, .statx, .statfs, .getdents]

  @Test("an open in the middle of which something fails gives the command that error, and no file")
  func opens() async {
    await #expect(processExitsWith: .success) {
      let place = try TemporaryDirectory()
      try place.makeFile("file", "text")
      var reached: [SystemCall: Int] = [:]
      for fault in Self.faults([EPERM, ENOMEM, EMFILE, ENOSPC]) {
        let (outcome, isReached) = try Self.open("file", in: place, failing: fault)
        guard isReached else { continue }
        reached[fault.call, default: 0] += 1
        #expect(outcome == .failed(.kernel(fault.code)), "\(fault)")
      }
      for call: SystemCall in [.openat2, .readlink, .statx] {
        #expect(reached[call, default: 0] >= 4, "\(call)")
      }
      #expect(try Self.open("file", in: place).outcome == .text(bytes("text")))
    }
  }

  @Test("a denied file stays denied, whatever fails while it is judged")
  func denied() async {
    await #expect(processExitsWith: .success) {
      let place = try TemporaryDirectory()
      try place.makeFile("secret", "a secret")
      try place.makeSymbolicLink("link", to: "secret")
      for fault in Self.faults([EINTR, EPERM, EACCES, ENOENT, ENOMEM, EMFILE]) {
        let outcome = try Self.open("link", in: place, denying: "secret", failing: fault).outcome
        guard case .failed = outcome else {
          Issue.record("opened with \(fault)")
          continue
        }
      }
      #expect(try Self.open("link", in: place).outcome == .text(bytes("a secret")))
    }
  }

  @Test("an open that a signal interrupts gives the file")
  func interrupted() async {
    await #expect(processExitsWith: .success) {
      let place = try TemporaryDirectory()
      try place.makeFile("file", "text")
      for fault in Self.faults([EINTR]) {
        #expect(try Self.open("file", in: place, failing: fault).outcome == .text(bytes("text")), "\(fault)")
      }
    }
  }

  /// One call of the open, by its kind and place among those of its kind, and what it fails with.
  private struct Fault {
    var call: SystemCall
    var place: Int
    var code: CInt
  }

  private static func faults(_ codes: [CInt]) -> [Fault] {
    callsOfAnOpen.flatMap { call in
      (0..<16).flatMap { place in codes.map { Fault(call: call, place: place, code: $0) } }
    }
  }

  private enum Outcome: Equatable {
    case text([UInt8])
    case failed(FileOpener.Failure)
  }

  /// `isReached` tells whether the open made so many calls of that kind.
  private static func open(
    _ name: String, in place: borrowing TemporaryDirectory, denying denied: String? = nil,
    failing fault: Fault? = nil
  ) throws -> (outcome: Outcome, isReached: Bool) {
    var opener = try SandboxParts.opener(denying: denied == nil ? [] : ["\(place.path)/\(denied ?? "")"])
    let path = try present(FilePath(bytes("\(place.path)/\(name)")))
    let request = OpenRequest(base: .workingDirectory, path: path, flags: [])
    if let fault { Faults.force([CInt](repeating: 0, count: fault.place) + [fault.code], on: fault.call) }
    let opened = opener.open(request, by: ProcessID(getpid()), grants: [])
    let isReached = !Faults.areOutstanding
    Faults.clear()
    switch opened {
    case .opened(let file): return (.text(try file.readAll(limit: 100)), isReached)
    case .failed(let failure): return (.failed(failure), isReached)
    }
  }
}
