import Glibc
import Kernel
import TestSupport
import Testing
import Wire

@testable import Sandbox

@Suite("Where a stage's streams lead")
struct StageWiringTests {
  private typealias Redirection = PlannedStage.Redirection

  /// Every row of at most three redirections.
  private static let rows: [[Redirection]] = {
    var rows: [[Redirection]] = [[]]
    var longest = rows
    for _ in 0..<3 {
      longest = longest.flatMap { row in Redirection.allCases.map { row + [$0] } }
      rows += longest
    }
    return rows
  }()

  private static func text(_ redirection: Redirection) -> String {
    switch redirection {
    case .errorToOutput: "2>&1"
    case .errorToNull: "2>/dev/null"
    case .outputToNull: ">/dev/null"
    case .inputFromNull: "</dev/null"
    case .bothToNull: "&>/dev/null"
    }
  }

  @Test("every row of redirections leads where bash leads it", arguments: [false, true])
  func asBash(feedsNext: Bool) throws {
    // Each group writes its number to both of its streams.
    let script = Self.rows.enumerated().map { index, row in
      let group = "{ echo o\(index); echo e\(index) >&2; }"
      let redirected = "\(group) \(row.map(Self.text).joined(separator: " "))"
      return feedsNext ? "\(redirected) | cat >&3" : redirected
    }
    let shell = try BashRun(script.joined(separator: "\n"))
    for (index, row) in Self.rows.enumerated() {
      let wiring = StageWiring(row, feedsNext: feedsNext)
      #expect(wiring.output == shell.sink(of: "o\(index)"), "\(row)")
      #expect(wiring.error == shell.sink(of: "e\(index)"), "\(row)")
      #expect(wiring.inputIsNull == row.contains(.inputFromNull), "\(row)")
    }
  }

  @Test("2>&1 >/dev/null keeps the errors, >/dev/null 2>&1 does not")
  func order() {
    let errorsOnly = StageWiring([.errorToOutput, .outputToNull], feedsNext: true)
    #expect(errorsOnly.error == .nextStage && errorsOnly.output == .null)
    let nothing = StageWiring([.outputToNull, .errorToOutput], feedsNext: true)
    #expect(nothing.error == .null && nothing.output == .null)
  }
}

/// What a bash script wrote to its standard output, its standard error and its descriptor 3.
private struct BashRun {
  private var output: Set<String> = []
  private var error: Set<String> = []
  private var next: Set<String> = []

  init(_ script: String) throws {
    let files = try (0..<3).map { _ in try SharedMemoryFile() }
    let null = try FileDescriptor.open("/dev/null", .readWrite)
    // The script is longer than one argument may be.
    let text = try FileDescriptor.memoryFile(named: "script", holding: bytes(script + "\n"))
    try text.seek(to: 0)
    let plan = SpawnPlan(
      arguments: ["bash", "/proc/self/fd/4"].map(bytes), environment: [bytes("PATH=/bin:/usr/bin")],
      descriptors: [null.number, files[0].number, files[1].number, files[2].number, text.number])
    let child = try ChildProcess.spawn(try .open("/bin/bash", .path), plan)
    let end = try child.wait()
    #expect(end == .exited(0))
    output = try files[0].lines
    error = try files[1].lines
    next = try files[2].lines
  }

  func sink(of word: String) -> StageWiring.Sink {
    if next.contains(word) { return .nextStage }
    if output.contains(word) { return .callerOutput }
    return error.contains(word) ? .callerError : .null
  }
}

private final class SharedMemoryFile {
  private let file: FileDescriptor
  init() throws { file = try .memoryFile(named: "test") }
  var number: CInt { file.number }

  var lines: Set<String> {
    get throws {
      try file.seek(to: 0)
      let text = String(decoding: try file.readAll(limit: 1 << 20), as: UTF8.self)
      return Set(text.split(separator: "\n").map(String.init))
    }
  }
}
