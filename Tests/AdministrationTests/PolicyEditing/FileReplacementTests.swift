import Glibc
import Kernel
import TestSupport
import Testing

@testable import Administration

@Suite struct FileReplacementTests {
  private func names(_ directory: TemporaryDirectory) throws -> [String] {
    try FileDescriptor.open(try directory.path(), [.directory]).entries(limit: 100).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func text(_ directory: TemporaryDirectory, _ name: String) throws -> String? {
    try FilePlace.read("\(directory.path)/\(name)", limit: 1 << 20).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func theNewFileHasTheOldOnesModeAndTheOldOneIsKept() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.makeFile("a.yaml", "old", mode: 0o640)
    _ = try FileReplacement.install(Array("new".utf8), at: "\(path)", keepingPrevious: true)
    #expect(try text(directory, "a.yaml") == "new" && text(directory, ".a.yaml.previous") == "old")
    #expect(try FileDescriptor.open(path, [.path]).status().mode == 0o640)
    _ = try FileReplacement.install(Array("newer".utf8), at: "\(path)", keepingPrevious: true)
    #expect(try text(directory, ".a.yaml.previous") == "new")
    #expect(try names(directory) == [".a.yaml.previous", "a.yaml"])
  }

  @Test func aNewFileHasNoVersionBefore() throws {
    let directory = try TemporaryDirectory()
    try directory.makeFile(".a.yaml.previous", "of another file that had this name")
    _ = try FileReplacement.install([], at: "\(directory.path)/a.yaml", keepingPrevious: true)
    #expect(try names(directory) == ["a.yaml"])
    #expect(try FileDescriptor.open(try directory.path("a.yaml"), [.path]).status().mode == 0o644)
  }

  @Test func whatIsTakenAwayIsKept() throws {
    let directory = try TemporaryDirectory()
    try directory.makeFile("a.yaml", "old")
    _ = try FileReplacement.remove("\(directory.path)/a.yaml")
    #expect(try names(directory) == [".a.yaml.previous"])
  }

  @Test func aLinkIsNotFollowed() throws {
    let directory = try TemporaryDirectory()
    try directory.makeFile("target", "old")
    try directory.makeSymbolicLink("a.yaml", to: "target")
    #expect(throws: KernelError.self) {
      _ = try FileReplacement.install([], at: "\(directory.path)/a.yaml", keepingPrevious: false)
    }
    #expect(try text(directory, "target") == "old" && names(directory) == ["a.yaml", "target"])
  }

  /// Forced failures hold for the whole process, so this has one of its own.
  @Test func whateverFailsTheOldFileStaysAndNothingIsLeftBesideIt() async {
    await #expect(processExitsWith: .success) {
      let calls: [(SystemCall, Int32)] = [
        (.write, ENOSPC), (.fsync, EIO), (.chown, EPERM), (.chmod, EPERM), (.link, EMLINK), (.rename, EROFS),
        (.openat2, EMFILE), (.statx, EIO),
      ]
      for (call, code) in calls {
        var reached = 0
        while true {
          let directory = try TemporaryDirectory()
          let path = try directory.makeFile("a.yaml", "old")
          Faults.force([Int32](repeating: 0, count: reached) + [code], on: call)
          let outcome = Result {
            try FileReplacement.install(Array("new".utf8), at: "\(path)", keepingPrevious: true)
          }
          let isOver = Faults.areOutstanding
          Faults.clear()
          if isOver { break }
          let text = try FilePlace.read("\(path)", limit: 100)
          if case .success(.unconfirmed(let error)) = outcome {
            #expect(error.call == .fsync && text == Array("new".utf8))
          } else {
            #expect(throws: KernelError(call, on: (outcome.error as? KernelError)?.subject ?? "", code: code))
            {
              try outcome.get()
            }
            #expect(text == Array("old".utf8), "\(call) after \(reached)")
          }
          let names = try FileDescriptor.open(try directory.path(), [.directory]).entries(limit: 100)
          #expect(Set(names).subtracting([Array(".a.yaml.previous".utf8)]) == [Array("a.yaml".utf8)])
          reached += 1
        }
        // A call that is never made was not tried.
        #expect(reached > 0, "\(call)")
      }
    }
  }
}

extension Result {
  fileprivate var error: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
