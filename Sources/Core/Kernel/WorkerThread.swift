internal import CKeyhole
internal import Glibc

/// A detached thread for work that blocks. pthreads(7)
public enum WorkerThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread with a stack of `stackSize` bytes, of which only what it touches costs memory.
  public static func start(
    stackSize: Int = 256 << 10, _ body: @escaping @Sendable () -> Void
  ) throws(KernelError) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe _ = pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, stackSize)
    unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    // The thread takes the reference over; on failure it is given back below.
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
      }, work.toOpaque())
    if code != 0 {
      unsafe work.release()
      throw KernelError(.clone, on: "thread", code: code)
    }
  }
}
