import Kernel
import TestSupport
import Testing

@testable import Administration

@Suite struct PolicySnapshotTests {
  private func policy() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("policy")
    try directory.makeDirectory("policy/commands")
    try directory.makeFile("policy/a.yaml", "a", mode: 0o640)
    try directory.makeFile("policy/.a.yaml.previous", "old")
    try directory.makeFile("policy/commands/b.yaml", "b")
    try directory.makeFile("policy/notes", "n")
    try directory.makeSymbolicLink("policy/link.yaml", to: "a.yaml")
    return directory
  }

  @Test func itKnowsThePolicyFilesAndLeavesOutNamesWithADot() throws {
    let directory = try policy()
    let snapshot = try PolicySnapshot(of: directory.path + "/policy")
    #expect(snapshot.policyFiles == ["a.yaml", "commands/b.yaml"])
    #expect(
      snapshot.entries.keys.sorted() == ["", "a.yaml", "commands", "commands/b.yaml", "link.yaml", "notes"])
  }

  @Test func aCopyIsTheSameButForTheOneFile() throws {
    let directory = try policy()
    let snapshot = try PolicySnapshot(of: directory.path + "/policy")
    for (name, bytes) in [("a.yaml", [1]), ("commands/new.yaml", [2]), ("commands/b.yaml", nil)]
      as [(String, [UInt8]?)]
    {
      let copy = "copy\(name.count)"
      try directory.makeDirectory(copy, mode: 0o700)
      try snapshot.copy(to: "\(directory.path)/\(copy)", with: bytes, at: name)
      let copied = try PolicySnapshot(of: "\(directory.path)/\(copy)")
      #expect(copied.file(name) == bytes)
      #expect(copied.names(thatDifferFrom: snapshot) == [name])
    }
  }

  @Test func changesAreFoundByContentModeAndKind() throws {
    let directory = try policy()
    let before = try PolicySnapshot(of: directory.path + "/policy")
    try directory.remove("policy/notes")
    try directory.makeFile("policy/c.yaml", "c")
    try directory.remove("policy/commands/b.yaml")
    try directory.makeSymbolicLink("policy/commands/b.yaml", to: "../a.yaml")
    let after = try PolicySnapshot(of: directory.path + "/policy")
    #expect(after.names(thatDifferFrom: before) == ["c.yaml", "commands/b.yaml", "notes"])
  }
}
