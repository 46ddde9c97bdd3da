import TestSupport
import Testing

@testable import Administration

@Suite struct EditLockTests {
  private func take(_ directory: TemporaryDirectory) throws -> EditLock {
    try EditLock.take(on: directory.path)
  }

  @Test func theSecondIsToldWhoHasIt() throws {
    let directory = try TemporaryDirectory()
    let first = try take(directory)
    do {
      _ = try take(directory)
      Issue.record("the lock was given twice")
    } catch EditLock.Failure.taken(let holder) {
      #expect(holder.hasPrefix("process ") && holder.contains(" since 20"))
    }
    withExtendedLifetime(first) {}
  }

  @Test func itIsFreeAgainAndLeavesNoFile() throws {
    let directory = try TemporaryDirectory()
    for _ in 0..<3 {
      let lock = try take(directory)
      #expect(try FilePlace.read("\(directory.path)/.keyhole-edit.lock", limit: 1000) != nil)
      withExtendedLifetime(lock) {}
    }
    #expect(try FilePlace.read("\(directory.path)/.keyhole-edit.lock", limit: 1000) == nil)
  }

  @Test func aFileThatWasLeftBehindLocksNobodyOut() throws {
    let directory = try TemporaryDirectory()
    try directory.makeFile(".keyhole-edit.lock", "process 1 since the beginning\n")
    withExtendedLifetime(try take(directory)) {}
  }

  @Test func aLinkInItsPlaceIsNotFollowed() throws {
    let directory = try TemporaryDirectory()
    try directory.makeFile("target", "x")
    try directory.makeSymbolicLink(".keyhole-edit.lock", to: "target")
    #expect(throws: EditLock.Failure.self) { try take(directory) }
  }
}
