import Foundation
import Kernel
import TestSupport
import Testing

/// An awk that is installed. More than the distribution's can be named in `KEYHOLE_AWKS`, words separated by blanks and
/// tools by colons.
struct AwkTool: Sendable, CustomStringConvertible {
  var words: [String]

  var description: String { words.joined(separator: " ") }
  var isMawk: Bool { words.last?.hasSuffix("mawk") ?? false }

  static let installed: [AwkTool] = {
    let named = ProcessInfo.processInfo.environment["KEYHOLE_AWKS"] ?? ""
    let known = ["/usr/bin/mawk", "/usr/bin/gawk", "/usr/bin/original-awk", "/bin/busybox awk"]
    return (known + named.split(separator: ":").map(String.init))
      .map { AwkTool(words: $0.split(separator: " ").map(String.init)) }
      .filter { FileManager.default.isExecutableFile(atPath: $0.words.first ?? "") }
  }()

  /// What a run printed to standard output and how it ended. A run takes at most a second of processor time.
  struct Run: Equatable, CustomStringConvertible {
    var output: [UInt8]
    var end: ProcessEnd

    var succeeded: Bool { end == .exited(0) }
    var description: String { "\(end): \(String(decoding: output, as: UTF8.self))" }
  }

  func run(
    _ program: String, options: [String] = [], files: [String] = [], in directory: TemporaryDirectory
  ) throws -> Run {
    let executable = try FileDescriptor.open(try #require(FilePath(Array((words.first ?? "").utf8))), .path)
    let null = try FileDescriptor.open("/dev/null")
    let messages = try FileDescriptor.open("/dev/null", .writeOnly)
    let place = try FileDescriptor.open(try directory.path(), [.directory])
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    var writer: FileDescriptor? = ends.takeSecond()
    let number = writer?.number ?? -1
    var plan = SpawnPlan(
      arguments: (words + options + ["--", program] + files).map { Array($0.utf8) },
      environment: ["LC_ALL=C", "PATH=/usr/bin:/bin"].map { Array($0.utf8) },
      descriptors: [null.number, number, messages.number])
    plan.workingDirectory = place.number
    plan.limits = [
      ResourceLimit(.cpuSeconds, 1), ResourceLimit(.coreSize, 0), ResourceLimit(.fileSize, 1 << 20),
      ResourceLimit(.addressSpace, 1 << 30),
    ]
    let child = try ChildProcess.spawn(executable, plan)
    writer = nil
    let output = try Self.beginning(of: reader)
    return Run(output: output, end: try child.wait())
  }

  /// What comes first; who writes more than that is ended by SIGPIPE, since the descriptor is closed then.
  private static func beginning(of reader: consuming FileDescriptor) throws -> [UInt8] {
    try reader.readAll(limit: 1 << 20)
  }
}

/// A directory with what awk is fed in the tests, to see afterwards that nothing else came into being.
struct AwkSamples {
  static let files = [
    "access.log": """
    10.0.0.1 - - [10/Jan/2026:09:00:01 +0000] "GET /index.html HTTP/1.1" 200 1043 "-" "curl/8.0"
    10.0.0.2 - bob [10/Jan/2026:09:00:02 +0000] "POST /api/login HTTP/1.1" 500 87 "https://a.example/" "Mozilla/5.0"
    10.0.0.1 - - [10/Jan/2026:09:01:07 +0000] "GET /api/x?a=1&b=2 HTTP/1.1" 404 12 "-" "curl/8.0"
    10.0.0.3 - - [10/Jan/2026:10:15:00 +0000] "GET /error HTTP/1.1" 503 0 "-" "-"

    """,
    "passwd": """
    root:x:0:0:root:/root:/bin/bash
    daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
    # a comment

    alice:x:1000:1000:Alice A,,,:/home/alice:/bin/bash
    bob:x:1001:1001::/home/bob:/usr/sbin/nologin

    """,
    "numbers":
      "3 apples 1.5\n-7 pears 2e3\n10 figs [x]\n3 apples a/b\n0x1f nuts \"q\"\n42,7;x=1 | y\\z 99% é\n",
    "status": """
    Name:\tbash
    VmRSS:\t    5120 kB
    MemTotal:       16308432 kB
    MemAvailable:    8154216 kB
    cpu  100 2 30 900 5 0 1 0 0 0
    2026-01-10T09:00:01 host app[12]: ERROR failed to open /srv/a b (attempt 3) in 250ms
    2026-01-10T09:00:03 host app[12]: WARN slow query took 1250 ms
    2026-01-10 09:00:05,123 INFO started
    START
    inner one
    END
    tail
    """,
  ]

  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    for (name, text) in Self.files { try directory.makeFile(name, text) }
  }

  static var names: [String] { files.keys.sorted() }

  /// What stands in the directory that the tests did not put there.
  func strangers() throws -> [String] {
    let place = try FileDescriptor.open(try directory.path(), [.directory])
    return try place.entries(limit: 1000).map { String(decoding: $0, as: UTF8.self) }
      .filter { !Self.files.keys.contains($0) }.sorted()
  }
}
