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

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

struct Absent: Error {}

/// As `#require`, for what cannot be copied.
func present<Value: ~Copyable>(_ value: consuming Value?) throws -> Value {
  guard let value else { throw Absent() }
  return value
}
