import Kernel
import Testing

/// The error that a call fails with; nil when it succeeds.
func failure<Result: ~Copyable>(of body: () throws -> Result) -> KernelError? {
  do {
    _ = try body()
    return nil
  } catch let error as KernelError {
    return error
  } catch {
    Issue.record(error)
    return nil
  }
}

/// How many descriptors this process has open, but for those of the run-time library's event loop, which come and go.
/// Only meaningful where nothing else runs, as in an exit test.
func openDescriptors() throws -> Int {
  let directory = try FileDescriptor.open("/proc/self/fd", .directory)
  return try directory.entries(limit: 10_000).count { name in
    guard let name = FilePath(name), let text = try? directory.linkText(of: name) else { return false }
    return !["anon_inode:[event", "anon_inode:[timer"].contains { text.starts(with: bytes($0)) }
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

struct Absent: Error {}

/// As `#require`, for what cannot be copied.
func present<Value: ~Copyable>(_ value: consuming Value?) throws -> Value {
  guard let value else { throw Absent() }
  return value
}
