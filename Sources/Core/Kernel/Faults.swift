#if DEBUG
  import Synchronization

  /// Failures that a test asks for, call by call. Debug builds only.
  public enum Faults {
    private static let pending = Mutex<[SystemCall: [Int32]]>([:])

    /// The next calls of this kind fail with these codes, in order. EINTR is restarted, as the kernel's is; 0 lets a
    /// call through.
    public static func force(_ codes: [Int32], on call: SystemCall) {
      pending.withLock { $0[call] = codes }
    }

    public static func clear() {
      pending.withLock { $0 = [:] }
    }

    /// Whether a failure that was asked for has not come yet.
    public static var areOutstanding: Bool {
      pending.withLock { pending in pending.values.contains { !$0.isEmpty } }
    }

    static func next(for call: SystemCall) -> Int32? {
      pending.withLock { pending in
        guard var codes = pending[call], !codes.isEmpty else { return nil }
        let first = codes.removeFirst()
        pending[call] = codes
        return first == 0 ? nil : first
      }
    }
  }
#endif
