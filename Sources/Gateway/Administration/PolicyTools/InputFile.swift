internal import ArgumentParser
internal import Glibc
internal import Kernel

/// A file that a person names on the command line; `-` is standard input.
struct InputFile {
  static let standardInput = InputFile("-")

  let name: String

  init(_ name: String) { self.name = name }

  /// As messages name it.
  var shown: String { name == "-" ? "standard input" : name }

  /// Whether a file of that name can be opened.
  var isThere: Bool { (try? open()) != nil }

  /// The whole content; more than `limit` bytes are an error.
  func readAll(limit: Int) throws -> [UInt8] {
    let bytes = try read(upTo: limit + 1)
    guard bytes.count <= limit else {
      throw unusable("\(shown) is larger than \(limit >> 20) MiB", hint: "split it")
    }
    return bytes
  }

  /// The first `count` bytes.
  func read(upTo count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachPart { part in
      bytes += part.prefix(count - bytes.count)
      return bytes.count < count
    }
    return bytes
  }

  /// Hands on the content in parts until there is no more or `body` returns false.
  func forEachPart(_ body: ([UInt8]) throws -> Bool) throws {
    do {
      let descriptor = try open()
      while true {
        let part = try descriptor.read(upTo: 1 << 18)
        if part.isEmpty { return }
        if try !body(part) { return }
      }
    } catch let error as KernelError {
      let reason = unsafe String(cString: strerror(error.code))
      throw unusable("cannot read \(shown): \(reason)", hint: hint(for: error))
    }
  }

  private func open() throws(KernelError) -> FileDescriptor {
    if name == "-" {
      // Opening /dev/stdin would fail for a socket, which some programs give their children.
      let number = dup(STDIN_FILENO)
      guard number >= 0 else { throw KernelError(.dup, on: shown, code: errno) }
      return FileDescriptor(owning: number)
    }
    guard let path = FilePath(Array(name.utf8)) else { throw KernelError(.openat2, on: name, code: EINVAL) }
    return try FileDescriptor.open(path, [.readOnly])
  }

  private func hint(for error: KernelError) -> String {
    switch error.code {
    case EACCES, EPERM: "run it as root, or give the file on standard input: … < FILE"
    case EISDIR: "name a file in it"
    default: ""
    }
  }
}
