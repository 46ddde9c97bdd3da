public import Glibc
public import Kernel

/// What a test could not set up.
public struct NotMade: Error {
  public let name: String
}

/// A directory of its own, and what tests put there; removed with the value.
public final class TemporaryDirectory: Sendable {
  public let path: String

  public init() throws {
    var template = Array("/tmp/keyhole-test-XXXXXX".utf8CString)
    // mkdtemp(3) replaces the X in place and keeps the length.
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
    }
    guard made else { throw NotMade(name: "a directory below /tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The path of a name below, or of the directory itself.
  public func path(_ name: String = "") throws -> FilePath {
    guard let path = FilePath(Array((name.isEmpty ? path : "\(path)/\(name)").utf8)) else {
      throw NotMade(name: name)
    }
    return path
  }

  @discardableResult
  public func makeFile(_ name: String, _ text: String = "", mode: UInt64 = 0o644) throws -> FilePath {
    let path = try path(name)
    let file = try FileDescriptor.open(path, [.create, .exclusive, .writeOnly], mode: mode)
    try file.writeAll(Array(text.utf8))
    return path
  }

  @discardableResult
  public func makeDirectory(_ name: String, mode: mode_t = 0o755) throws -> FilePath {
    guard unsafe mkdir("\(path)/\(name)", mode) == 0 else { throw NotMade(name: name) }
    return try path(name)
  }

  @discardableResult
  public func makeSymbolicLink(_ name: String, to text: String) throws -> FilePath {
    guard unsafe symlink(text, "\(path)/\(name)") == 0 else { throw NotMade(name: name) }
    return try path(name)
  }

  @discardableResult
  public func makeHardLink(_ name: String, to other: String) throws -> FilePath {
    guard unsafe link("\(path)/\(other)", "\(path)/\(name)") == 0 else { throw NotMade(name: name) }
    return try path(name)
  }

  @discardableResult
  public func makePipe(_ name: String) throws -> FilePath {
    guard unsafe mkfifo("\(path)/\(name)", 0o644) == 0 else { throw NotMade(name: name) }
    return try path(name)
  }

  public func move(_ name: String, to other: String) throws {
    guard unsafe rename("\(path)/\(name)", "\(path)/\(other)") == 0 else { throw NotMade(name: name) }
  }

  public func remove(_ name: String) throws {
    guard unsafe unlink("\(path)/\(name)") == 0 else { throw NotMade(name: name) }
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
