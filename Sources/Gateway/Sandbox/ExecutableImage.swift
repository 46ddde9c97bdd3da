internal import Glibc
internal import Kernel

/// The file that the kernel loads for a program, and the arguments it then gets.
///
/// A script is resolved to its interpreter here, since the kernel would hand the interpreter a name like /dev/fd/4096,
/// which nobody can open. execve(2), "Interpreter scripts"
struct ExecutableImage: ~Copyable {
  let file: FileDescriptor
  let arguments: [[UInt8]]

  /// The dynamic loader, which the kernel opens by its name for every dynamic program.
  #if arch(x86_64)
    static let loader = Array("/lib64/ld-linux-x86-64.so.2".utf8)
  #elseif arch(arm64)
    static let loader = Array("/lib/ld-linux-aarch64.so.1".utf8)
  #endif

  private static let longestFirstLine = 256

  init(_ path: [UInt8], arguments: [[UInt8]]) throws(KernelError) {
    let program = try Self.open(path)
    guard let line = Self.interpreterLine(try program.reopen(.readOnly).read(upTo: Self.longestFirstLine))
    else {
      file = program
      self.arguments = arguments
      return
    }
    guard let interpreter = line.first else { throw KernelError(.openat2, on: "interpreter", code: ENOEXEC) }
    file = try Self.open(interpreter)
    self.arguments = line + [path] + arguments.dropFirst()
  }

  private static func open(_ path: [UInt8]) throws(KernelError) -> FileDescriptor {
    guard let path = FilePath(path) else { throw KernelError(.openat2, code: EINVAL) }
    return try .open(path, .path)
  }

  /// The words behind `#!`: the interpreter, and at most one argument; nil when the file is no script.
  static func interpreterLine(_ start: [UInt8]) -> [[UInt8]]? {
    guard start.starts(with: Array("#!".utf8)) else { return nil }
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var line = start.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
    while let last = line.last, isBlank(last) { line.removeLast() }
    return line.split(maxSplits: 1, whereSeparator: isBlank).map { Array($0.drop(while: isBlank)) }
  }
}
