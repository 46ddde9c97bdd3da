internal import Synchronization

/// Something with one owner that a thread takes along; whatever nobody takes ends with this.
final class Handed<Value: ~Copyable & Sendable>: Sendable {
  private let value: Mutex<Value?>

  init(_ value: consuming sending Value) {
    self.value = Mutex(consume value)
  }

  /// nil when it was taken before.
  func take() -> Value? { value.withLock { $0.take() } }
}
