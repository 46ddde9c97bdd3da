import Glibc
import Kernel
import TestSupport

/// What a program that was run to its end wrote to its standard output and error, and how it ended.
struct Spawned {
  var output: String
  var end: ProcessEnd

  /// Runs the program with /dev/null as input.
  init(
    _ path: FilePath, _ arguments: [String], environment: [String] = [],
    _ configure: (inout SpawnPlan) -> Void = { _ in }
  ) throws {
    let program = try FileDescriptor.open(path, .path)
    let null = try FileDescriptor.open("/dev/null")
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    var writer: FileDescriptor? = ends.takeSecond()
    let number = writer?.number ?? -1
    var plan = SpawnPlan(
      arguments: arguments.map(bytes), environment: environment.map(bytes),
      descriptors: [null.number, number, number])
    configure(&plan)
    let child = try ChildProcess.spawn(program, plan)
    writer = nil
    output = String(decoding: try reader.readAll(limit: 1 << 20), as: UTF8.self)
    end = try child.wait()
  }

  /// Runs a script.
  init(script: String, environment: [String] = [], _ configure: (inout SpawnPlan) -> Void = { _ in }) throws {
    try self.init("/bin/sh", ["sh", "-c", script], environment: environment, configure)
  }
}
