import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Kernel

@Suite("Waiting")
struct WaitingTests {
  @Test("poll tells which entries have something, and how many")
  func ready() throws {
    var one = try FileDescriptor.pipe()
    var two = try FileDescriptor.pipe()
    let idle = one.takeFirst()
    let idleWriter = one.takeSecond()
    let ready = two.takeFirst()
    let writer = two.takeSecond()
    try writer.writeAll([1])
    var entries = [
      PollEntry(idle, .readable), PollEntry(ready, .readable), PollEntry(idleWriter, .writable),
      PollEntry(number: -1, .readable),
    ]
    #expect(try poll(&entries, milliseconds: 1000) == 2)
    #expect(entries.map(\.got) == [[], .readable, .writable, []])
  }

  @Test("a peer that left is a hang-up, asked for or not")
  func hangUp() throws {
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    do { _ = ends.takeSecond() }
    var entries = [PollEntry(reader, [])]
    #expect(try poll(&entries, milliseconds: 1000) == 1)
    #expect(entries[0].got == .hangUp)
  }

  @Test("without anything to come, poll returns after the time that it was given")
  func timeout() throws {
    let start = MonotonicClock.now
    var nothing: [PollEntry] = []
    #expect(try poll(&nothing, milliseconds: 30) == 0)
    #expect(MonotonicClock.now - start >= 29_000_000)
  }

  @Test("signals come through their descriptor, one after the other, and do not end the process")
  func signals() async {
    await #expect(processExitsWith: .success) {
      let signals = try SignalDescriptor([.hangUp, .terminate, .interrupt])
      #expect(try signals.next() == nil)
      #expect(raise(SIGTERM) == 0)
      #expect(raise(SIGHUP) == 0)
      var entries = [PollEntry(signals.descriptor, .readable)]
      #expect(try poll(&entries, milliseconds: 1000) == 1)
      #expect(Set([try signals.next(), try signals.next()]) == [.hangUp, .terminate])
      #expect(try signals.next() == nil)
    }
  }

  @Test("a write to nobody is EPIPE once broken pipes are ignored")
  func brokenPipe() async {
    await #expect(processExitsWith: .success) {
      SignalDescriptor.ignoreBrokenPipes()
      var ends = try FileDescriptor.pipe()
      let writer = ends.takeSecond()
      do { _ = ends.takeFirst() }
      #expect(failure { try writer.writeAll([1]) } == KernelError(.write, code: EPIPE))
    }
  }
}

@Suite("Worker threads")
struct WorkerThreadTests {
  @Test("perform runs the body in another thread and returns after it")
  func perform() throws {
    let own = pthread_self()
    let box = Box()
    try WorkerThread.perform {
      usleep(10_000)
      box.thread.withLock { $0 = pthread_self() }
    }
    let other = try #require(box.thread.withLock { $0 })
    #expect(pthread_equal(own, other) == 0)
  }

  @Test("a started thread runs by itself")
  func start() throws {
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    let writer = Writer(ends.takeSecond())
    try WorkerThread.start { try? writer.end.writeAll([42]) }
    let got = try reader.read(upTo: 1)
    #expect(got == [42])
  }

  private final class Box: Sendable {
    let thread = Mutex<pthread_t?>(nil)
  }

  private final class Writer: Sendable {
    let end: FileDescriptor
    init(_ end: consuming FileDescriptor) { self.end = end }
  }
}
