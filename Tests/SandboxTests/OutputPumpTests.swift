import Glibc
import TestSupport
import Testing

@testable import Kernel
@testable import Sandbox

/// A pump between a sandbox's pipe and a caller, with the test at both outer ends. No end but the caller's own, whose
/// blocking is the point, makes the test wait.
private final class Pumping {
  enum Target { case pipe, socket }

  private var writer: FileDescriptor?
  private var caller: FileDescriptor?
  var pump: OutputPump

  init(to kind: Target) throws {
    var inner = try FileDescriptor.pipe()
    let reader = inner.takeFirst()
    let writer = inner.takeSecond()
    try writer.setNonBlocking()
    var outer = kind == .pipe ? try FileDescriptor.pipe() : try Self.streams()
    let caller = outer.takeFirst()
    try caller.setNonBlocking()
    pump = try OutputPump(from: reader, to: outer.takeSecond())
    self.writer = consume writer
    self.caller = consume caller
  }

  private static func streams() throws -> DescriptorPair {
    // As sshd makes them for a session without a terminal.
    try unsafe DescriptorPair(.socket) {
      unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, $0)
    }
  }

  /// Writes as much as the sandbox's pipe takes; returns how much.
  func feed(_ bytes: ArraySlice<UInt8>) throws -> Int {
    do {
      return try writer?.write(bytes) ?? 0
    } catch {
      guard error.code == EAGAIN else { throw error }
      return 0
    }
  }

  func endInput() { writer = nil }
  func leave() { caller = nil }

  /// What waits for the caller; nil when nothing does.
  func take() throws -> [UInt8]? {
    do {
      return try caller?.read(upTo: 1 << 20)
    } catch {
      guard error.code == EAGAIN else { throw error }
      return nil
    }
  }
}

private func expectEmpty(_ isEmpty: Bool, at location: Testing.SourceLocation = #_sourceLocation) {
  #expect(isEmpty, sourceLocation: location)
}

@Suite("Carrying output to the caller")
struct OutputPumpTests {
  @Test("10 MB of random bytes arrive as they were written, whatever the caller's end is", arguments: [0, 1])
  func identical(kind: Int) throws {
    let sent = Array(try FileDescriptor.open("/dev/urandom").readAll(limit: 9_999_999))
    #expect(sent.count == 10_000_000)
    let pumping = try Pumping(to: kind == 0 ? .pipe : .socket)
    var rest = sent[...]
    var got: [UInt8] = []
    while got.count < sent.count {
      rest = rest.dropFirst(try pumping.feed(rest.prefix(60_000)))
      _ = try pumping.pump.move(atMost: .max)
      while let part = try pumping.take() { got += part }
    }
    #expect(got == sent)
    let count = pumping.pump.count
    #expect(count == UInt64(sent.count))
    pumping.endInput()
    expectEmpty(try pumping.pump.move(atMost: .max))
  }

  @Test("a caller that does not read holds nothing up, and is waited for by its own end", arguments: [0, 1])
  func slowReader(kind: Int) throws {
    let pumping = try Pumping(to: kind == 0 ? .pipe : .socket)
    let block = [UInt8](repeating: 7, count: 60_000)
    var fed = 0
    // Far more than the pipes and the socket hold: each move must return, or the test hangs here.
    for _ in 0..<100 {
      fed += try pumping.feed(block[...])
      _ = try pumping.pump.move(atMost: .max)
    }
    #expect(fed < 100 * block.count)
    let interest = pumping.pump.interest
    #expect(interest.wanted == .writable)
    var got = 0
    while true {
      while let part = try pumping.take() { got += part.count }
      if try pumping.pump.move(atMost: .max) { break }
    }
    while let part = try pumping.take() { got += part.count }
    #expect(got == fed)
    let resumed = pumping.pump.interest
    #expect(resumed.wanted == .readable)
  }

  @Test("no more than the limit is handed over, and it is told that more waits", arguments: [0, 1])
  func limit(kind: Int) throws {
    let pumping = try Pumping(to: kind == 0 ? .pipe : .socket)
    _ = try pumping.feed([UInt8](repeating: 1, count: 100)[...])
    let isEmpty = try pumping.pump.move(atMost: 40)
    #expect(!isEmpty)
    let count = pumping.pump.count
    #expect(count == 40)
    #expect(try pumping.take()?.count == 40)
  }

  @Test("output of exactly the limit is whole, and nothing waits behind it", arguments: [0, 1])
  func exactLimit(kind: Int) throws {
    let pumping = try Pumping(to: kind == 0 ? .pipe : .socket)
    _ = try pumping.feed([UInt8](repeating: 1, count: 100)[...])
    expectEmpty(try pumping.pump.move(atMost: 100))
    expectEmpty(try pumping.pump.move(atMost: 0))
    _ = try pumping.feed([1])
    let isEmpty = try pumping.pump.move(atMost: 0)
    #expect(!isEmpty)
  }

  @Test("Keyhole's own words keep their place among the output", arguments: [0, 1])
  func words(kind: Int) throws {
    let pumping = try Pumping(to: kind == 0 ? .pipe : .socket)
    _ = try pumping.feed(bytes("one ")[...])
    _ = try pumping.pump.move(atMost: .max)
    pumping.pump.say(bytes("two "))
    pumping.pump.say(bytes("three "))
    _ = try pumping.feed(bytes("four")[...])
    expectEmpty(try pumping.pump.move(atMost: .max))
    var got: [UInt8] = []
    while let part = try pumping.take() { got += part }
    #expect(got == bytes("one two three four"))
    let count = pumping.pump.count
    #expect(count == 18)
  }

  @Test("files take output where they stand")
  func file() throws {
    let place = try TemporaryDirectory()
    let path = try place.makeFile("output", "before ")
    var ends = try FileDescriptor.pipe()
    let reader = ends.takeFirst()
    let writer = ends.takeSecond()
    var pump = try OutputPump(from: reader, to: try .open(path, [.writeOnly, .append]))
    try writer.writeAll(bytes("after"))
    expectEmpty(try pump.move(atMost: .max))
    let text = try FileDescriptor.open(path).readAll(limit: 100)
    #expect(text == bytes("before after"))
  }

  @Test("a caller that left is noticed", arguments: [0, 1])
  func callerLeft(kind: Int) async {
    await #expect(processExitsWith: .success) { [kind] in
      SignalDescriptor.ignoreBrokenPipes()
      let pumping = try Pumping(to: kind == 0 ? .pipe : .socket)
      pumping.leave()
      _ = try pumping.feed(bytes("for nobody")[...])
      _ = try pumping.pump.move(atMost: .max)
      let isGone = pumping.pump.isCallerGone
      let count = pumping.pump.count
      #expect(isGone)
      #expect(count == 0)
    }
  }

  @Test("what comes for a caller that left is thrown away: its command is not held up", arguments: [0, 1])
  func thrownAway(kind: Int) async {
    await #expect(processExitsWith: .success) { [kind] in
      SignalDescriptor.ignoreBrokenPipes()
      let pumping = try Pumping(to: kind == 0 ? .pipe : .socket)
      pumping.leave()
      let block = [UInt8](repeating: 7, count: 60_000)
      var fed = 0
      for _ in 0..<50 {
        fed += try pumping.feed(block[...])
        _ = try pumping.pump.move(atMost: .max)
      }
      #expect(fed > 10 * block.count)
      let count = pumping.pump.count
      #expect(count == 0)
    }
  }
}
