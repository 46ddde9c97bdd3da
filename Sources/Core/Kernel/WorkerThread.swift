internal import CKeyhole
internal import Glibc

/// Threads for work that blocks, or that changes what holds for one thread only. pthreads(7)
public enum WorkerThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a detached thread with a stack of `stackSize` bytes, of which only what it touches costs memory.
  public static func start(
    stackSize: Int = 256 << 10, _ body: @escaping @Sendable () -> Void
  ) throws(KernelError) {
    let thread = try make(stackSize: stackSize, body)
    pthread_detach(thread)
  }

  /// Runs the body in a thread of its own and waits for it.
  public static func perform(_ body: @escaping @Sendable () -> Void) throws(KernelError) {
    let thread = try make(stackSize: 256 << 10, body)
    pthread_join(thread, nil)
  }

  private static func make(
    stackSize: Int, _ body: @escaping @Sendable () -> Void
  ) throws(KernelError) -> pthread_t {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe _ = pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, stackSize)
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
    return thread
  }
}
