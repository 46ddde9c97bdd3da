import Glibc
import TestSupport
import Testing

@testable import Kernel

/// Two connected sockets.
struct SocketPair: ~Copyable {
  let left: MessageSocket
  let right: MessageSocket

  init() throws {
    var ends = try MessageSocket.pair()
    left = MessageSocket(owning: ends.takeFirst())
    right = MessageSocket(owning: ends.takeSecond())
  }
}

@Suite("Message sockets")
struct MessageSocketTests {
  @Test("messages keep their bounds and their order")
  func bounds() throws {
    let pair = try SocketPair()
    try pair.left.send(bytes("one"))
    try pair.left.send(bytes("three"))
    let first = try pair.right.receive(upTo: 100).bytes
    let second = try pair.right.receive(upTo: 100).bytes
    #expect([first, second] == [bytes("one"), bytes("three")])
  }

  @Test("descriptors arrive in the order of sending, and lead to the same files")
  func descriptors() throws {
    let pair = try SocketPair()
    let one = try FileDescriptor.memoryFile(named: "one", holding: bytes("1"))
    let two = try FileDescriptor.memoryFile(named: "two", holding: bytes("2"))
    try pair.left.send(bytes("files"), descriptors: [one.number, two.number])
    var message = try pair.right.receive(upTo: 100, descriptors: 2)
    #expect(message.descriptorCount == 2)
    for text in ["1", "2"] {
      let file = try present(message.takeDescriptor())
      try file.seek(to: 0)
      let got = try file.readAll(limit: 10)
      #expect(got == bytes(text))
    }
    let isEmpty = message.takeDescriptor() == nil
    #expect(isEmpty)
  }

  @Test("a signal in the middle of a wait loses neither the message nor its descriptors")
  func interrupted() async {
    await #expect(processExitsWith: .success) {
      var ends = try MessageSocket.pair()
      let socket = MessageSocket(owning: ends.takeFirst())
      let sender = Sender(socket: MessageSocket(owning: ends.takeSecond()))
      // Without SA_RESTART, so that recvmsg fails with EINTR. The handler only has to be there.
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in }
      unsafe sigaction(SIGUSR1, &action, nil)
      let receiver = pthread_self()
      try WorkerThread.start {
        usleep(50_000)
        pthread_kill(receiver, SIGUSR1)
        usleep(50_000)
        try? sender.socket.send(bytes("input"), descriptors: [STDIN_FILENO])
      }
      let message = try socket.receive(upTo: 100, descriptors: 1)
      #expect(message.bytes == bytes("input"))
      #expect(message.descriptorCount == 1)
    }
  }

  /// A socket that a thread takes with it.
  private final class Sender: Sendable {
    let socket: MessageSocket
    init(socket: consuming MessageSocket) { self.socket = socket }
  }

  @Test("a peer that left is a message without bytes")
  func peerLeft() throws {
    var ends = try MessageSocket.pair()
    let left = MessageSocket(owning: ends.takeFirst())
    do { _ = ends.takeSecond() }
    let end = try left.receive(upTo: 10).bytes
    #expect(end.isEmpty)
    #expect(failure { try left.send([1]) } == KernelError(.sendmsg, code: EPIPE))
  }

  @Test("the peer is known by process, user and group")
  func peer() throws {
    let place = try TemporaryDirectory()
    let path = try place.path("socket")
    let listener = try MessageSocket.listening(at: path, backlog: 1)
    let client = try MessageSocket.connected(to: path)
    let server = try listener.accept()
    let peer = try server.peer()
    #expect(
      peer == MessageSocket.Peer(process: ProcessID(getpid()), user: .effective, group: GroupID(getegid())))
    try client.send(bytes("hello"))
    let got = try server.receive(upTo: 10).bytes
    #expect(got == bytes("hello"))
  }

  @Test("a path that exists is not taken over, and one that does not is not connected to")
  func paths() throws {
    let place = try TemporaryDirectory()
    let taken = try place.makeFile("taken")
    #expect(failure { try MessageSocket.listening(at: taken, backlog: 1) }?.code == EADDRINUSE)
    let absent = try place.path("absent")
    let error = failure { try MessageSocket.connected(to: absent) }
    #expect(error == KernelError(.connect, on: "\(place.path)/absent", code: ENOENT))
  }

  @Test("a path longer than an address has room for is an error, not a shorter path")
  func longPath() throws {
    let path = try #require(FilePath(bytes("/tmp/" + String(repeating: "x", count: 104))))
    #expect(failure { try MessageSocket.listening(at: path, backlog: 1) }?.code == ENAMETOOLONG)
    #expect(failure { try MessageSocket.connected(to: path) }?.code == ENAMETOOLONG)
  }

  @Test("more than 16 descriptors are not sent")
  func tooManyToSend() throws {
    let pair = try SocketPair()
    let numbers = [CInt](repeating: pair.left.descriptor.number, count: 17)
    #expect(failure { try pair.left.send([1], descriptors: numbers) }?.code == EINVAL)
  }

  @Test("a message that is too long is EMSGSIZE, and its descriptors are closed")
  func tooLong() async {
    await #expect(processExitsWith: .success) {
      let pair = try SocketPair()
      let file = try FileDescriptor.open("/dev/null")
      try pair.left.send(bytes("eleven bytes"), descriptors: [file.number, file.number])
      let before = try openDescriptors()
      let error = failure { try pair.right.receive(upTo: 5, descriptors: 2) }
      #expect(error == KernelError(.recvmsg, code: EMSGSIZE))
      #expect(try openDescriptors() == before)
    }
  }

  @Test("more descriptors than wanted are EMSGSIZE, and all of them are closed", arguments: [1, 3, 16])
  func surplus(sent: Int) async {
    await #expect(processExitsWith: .success) { [sent] in
      let pair = try SocketPair()
      let file = try FileDescriptor.open("/dev/null")
      try pair.left.send([1], descriptors: [CInt](repeating: file.number, count: sent))
      let before = try openDescriptors()
      #expect(failure { try pair.right.receive(upTo: 5, descriptors: sent - 1) }?.code == EMSGSIZE)
      #expect(try openDescriptors() == before)
    }
  }

  @Test("what nobody takes from a message is closed with it")
  func untaken() async {
    await #expect(processExitsWith: .success) {
      let pair = try SocketPair()
      let file = try FileDescriptor.open("/dev/null")
      try pair.left.send([1], descriptors: [file.number, file.number, file.number])
      let before = try openDescriptors()
      do {
        var message = try pair.right.receive(upTo: 5, descriptors: 3)
        let taken = message.takeDescriptor() != nil
        #expect(taken)
      }
      #expect(try openDescriptors() == before)
    }
  }

  @Test func theLastDescriptorCanBeTakenFirst() throws {
    let pair = try SocketPair()
    let one = try FileDescriptor.memoryFile(named: "one", holding: bytes("1"))
    let two = try FileDescriptor.memoryFile(named: "two", holding: bytes("2"))
    try pair.left.send(bytes("x"), descriptors: [one.number, two.number])
    var message = try pair.right.receive(upTo: 10, descriptors: 2)
    let last = try present(message.takeLastDescriptor())
    try last.seek(to: 0)
    #expect(try last.read(upTo: 10) == bytes("2"))
    let first = try present(message.takeDescriptor())
    try first.seek(to: 0)
    #expect(try first.read(upTo: 10) == bytes("1"))
    #expect(message.descriptorCount == 0)
  }

  @Test func aBoundSocketSaysItsPathAndAnotherNone() throws {
    let directory = try TemporaryDirectory()
    // As long as sun_path is: unix(7)
    let names = ["s", String(repeating: "x", count: 107 - directory.path.utf8.count - 1)]
    for name in names {
      let path = try #require(FilePath(bytes("\(directory.path)/\(name)")))
      let listener = try MessageSocket.listening(at: path, backlog: 1)
      #expect(MessageSocket.boundPath(of: listener.descriptor.number) == path)
    }
    let pair = try SocketPair()
    #expect(MessageSocket.boundPath(of: pair.left.descriptor.number) == nil)
    let pipe = try FileDescriptor.memoryFile(named: "none")
    #expect(MessageSocket.boundPath(of: pipe.number) == nil)
  }
}
