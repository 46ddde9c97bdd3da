import Glibc

/// A run of a real tool on given standard input, the reference that canonical programs are held against.
struct ToolRun: Equatable {
  var output: [UInt8]
  var errors: String
  /// The exit status; 128 and the signal when one ended it.
  var status: Int32

  /// What a run gives besides the wording of messages, which name places in the program text.
  var result: Result { Result(output: output, status: status) }

  struct Result: Equatable, CustomStringConvertible {
    var output: [UInt8]
    var status: Int32
    var description: String { "status \(status): \(String(decoding: output, as: UTF8.self))" }
  }

  struct NotStarted: Error {
    var program: String
    var code: Int32
  }

  /// Runs a program for at most a second of processor time and 64 KiB of output, with `LC_ALL=C` and a short `PATH` as commands get them.
  init(_ program: String, _ arguments: [String], input: String) throws {
    let standardInput = try Self.file(Array(input.utf8))
    let standardOutput = try Self.file([])
    let standardError = try Self.file([])
    defer { for descriptor in [standardInput, standardOutput, standardError] { _ = close(descriptor) } }

    // The actions are initialised before use and destroyed at the end of this scope.
    var actions = unsafe posix_spawn_file_actions_t()
    _ = unsafe posix_spawn_file_actions_init(&actions)
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in [standardInput, standardOutput, standardError].enumerated() {
      _ = unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    let words = ["prlimit", "--cpu=1", "--fsize=65536", program] + arguments
    let variables = ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
    // Every pointer is a copy that lives until it is freed below; the lists end with nil.
    let argv = unsafe words.map { word in unsafe strdup(word) } + [nil]
    let environment = unsafe variables.map { variable in unsafe strdup(variable) } + [nil]
    defer {
      for index in unsafe argv.indices { unsafe free(argv[index]) }
      for index in unsafe environment.indices { unsafe free(environment[index]) }
    }
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, "/usr/bin/prlimit", &actions, nil, argv, environment)
    guard code == 0 else { throw NotStarted(program: program, code: code) }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
    self.status = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    output = Self.content(standardOutput)
    errors = String(decoding: Self.content(standardError), as: UTF8.self)
  }

  private static func file(_ content: [UInt8]) throws -> Int32 {
    var name = Array("/tmp/keyhole-tool-run-XXXXXX".utf8CString)
    // mkstemp(3) replaces the X in place and keeps the length.
    let descriptor = unsafe name.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let path = buffer.baseAddress else { return -1 }
      let opened = unsafe mkstemp(path)
      _ = unsafe unlink(path)
      return opened
    }
    guard descriptor >= 0 else { throw NotStarted(program: "mkstemp", code: errno) }
    // The buffer outlives the call.
    let written = unsafe content.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard written == content.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw NotStarted(program: "write", code: errno)
    }
    return descriptor
  }

  private static func content(_ descriptor: Int32) -> [UInt8] {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0 else { return [] }
    var content = [UInt8](repeating: 0, count: size)
    // The buffer has `size` bytes and outlives the call.
    let count = unsafe content.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, size, 0) }
    return Array(content.prefix(max(0, count)))
  }
}
