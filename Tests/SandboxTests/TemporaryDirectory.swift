import Glibc
import Kernel
import Testing

/// A directory of its own, and what tests put there; removed with the value.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/keyhole-test-XXXXXX".utf8CString)
    // mkdtemp(3) replaces the X in place and keeps the length.
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
    }
    try #require(made)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The path of a name below, or of the directory itself.
  func path(_ name: String = "") throws -> FilePath {
    try #require(FilePath(Array((name.isEmpty ? path : "\(path)/\(name)").utf8)))
  }

  @discardableResult
  func makeFile(_ name: String, _ text: String = "", mode: UInt64 = 0o644) throws -> FilePath {
    let path = try path(name)
    let file = try FileDescriptor.open(path, [.create, .exclusive, .writeOnly], mode: mode)
    try file.writeAll(Array(text.utf8))
    return path
  }

  @discardableResult
  func makeDirectory(_ name: String, mode: mode_t = 0o755) throws -> FilePath {
    try #require(unsafe mkdir("\(path)/\(name)", mode) == 0)
    return try path(name)
  }

  @discardableResult
  func makeSymbolicLink(_ name: String, to text: String) throws -> FilePath {
    try #require(unsafe symlink(text, "\(path)/\(name)") == 0)
    return try path(name)
  }

  @discardableResult
  func makeHardLink(_ name: String, to other: String) throws -> FilePath {
    try #require(unsafe link("\(path)/\(other)", "\(path)/\(name)") == 0)
    return try path(name)
  }

  @discardableResult
  func makePipe(_ name: String) throws -> FilePath {
    try #require(unsafe mkfifo("\(path)/\(name)", 0o644) == 0)
    return try path(name)
  }

  func move(_ name: String, to other: String) throws {
    try #require(unsafe rename("\(path)/\(name)", "\(path)/\(other)") == 0)
  }

  func remove(_ name: String) throws {
    try #require(unsafe unlink("\(path)/\(name)") == 0)
  }

  deinit {
    // Only what the test made: the path comes from mkdtemp, and links are not followed.
    Self.removeTree(path)
  }

  private static func removeTree(_ path: String) {
    if unsafe unlink(path) == 0 { return }
    _ = unsafe chmod(path, 0o700)
    if let name = FilePath(Array(path.utf8)),
      let entries = try? FileDescriptor.open(name, [.directory, .noFollow]).entries(limit: 1_000_000)
    {
      for entry in entries { removeTree("\(path)/" + String(decoding: entry, as: UTF8.self)) }
    }
    _ = unsafe rmdir(path)
  }
}
