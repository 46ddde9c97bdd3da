public import Kernel

/// The error that a call fails with; nil when it succeeds. An error of another kind ends the test program: a wrong
/// expectation must not pass for a success.
public func failure<Result: ~Copyable>(of body: () throws -> Result) -> KernelError? {
  do {
    _ = try body()
    return nil
  } catch let error as KernelError {
    return error
  } catch {
    preconditionFailure("not an error of the kernel: \(error)")
  }
}

/// How many descriptors this process has open, but for those of the run-time library's event loop, which come and go.
/// Only meaningful where nothing else runs, as in an exit test.
public func openDescriptors() throws -> Int {
  let directory = try FileDescriptor.open("/proc/self/fd", .directory)
  return try directory.entries(limit: 10_000).count { name in
    guard let name = FilePath(name), let text = try? directory.linkText(of: name) else { return false }
    return !["anon_inode:[event", "anon_inode:[timer"].contains { text.starts(with: bytes($0)) }
  }
}

public func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A test got nothing where it needs something.
public struct Absent: Error {
  public init() {}
}

/// As `#require`, for what cannot be copied.
public func present<Value: ~Copyable>(_ value: consuming Value?) throws -> Value {
  guard let value else { throw Absent() }
  return value
}
