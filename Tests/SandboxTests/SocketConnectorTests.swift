import Glibc
import TestSupport
import Testing
import Wire

@testable import Kernel
@testable import Sandbox

/// The caller is this very process, whose sockets the connector reaches by number as any other's.
@Suite("Connecting a command's sockets")
struct SocketConnectorTests {
  private let place: TemporaryDirectory

  init() throws { place = try TemporaryDirectory() }

  private func newSocket() throws -> FileDescriptor {
    let number = socket(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    if number < 0 { throw Absent() }
    return FileDescriptor(owning: number)
  }

  private func connect(
    _ socket: borrowing FileDescriptor, to path: FilePath?, allowed: [String]
  ) throws -> (code: CInt, access: RefusedAccess?)? {
    var address: [UInt8] = [1, 0]
    address += path?.bytes ?? [0, 0x61]
    let request = try unsafe address.withUnsafeBytes { buffer in
      try ConnectRequest(
        HeldCall(
          id: 1, thread: ProcessID(getpid()), number: HeldNumbers.connect,
          architecture: HeldNumbers.architecture,
          arguments: [
            UInt64(socket.number), UInt64(UInt(bitPattern: buffer.baseAddress)), UInt64(buffer.count), 0, 0,
            0,
          ]))
    }
    var opener = try SandboxParts.opener()
    return SocketConnector.connect(
      request, by: ProcessID(getpid()), to: allowed.map(bytes), through: &opener,
      whileHeld: { () throws(KernelError) in true })
  }

  @Test("a listed socket is reached, through a link too: its own name counts")
  func listed() throws {
    let listener = try MessageSocket.listening(at: try place.path("listed"), backlog: 2)
    let link = try place.makeSymbolicLink("link", to: "listed")
    for path in [try place.path("listed"), link] {
      let client = try newSocket()
      let refusal = try connect(client, to: path, allowed: ["\(place.path)/listed"])
      #expect(refusal == nil)
      let server = try listener.accept()
      try MessageSocket(owning: try client.duplicate()).send(bytes("hello"))
      let got = try server.receive(upTo: 10).bytes
      #expect(got == bytes("hello"))
    }
  }

  @Test("another socket is refused under its own name, though a listed name leads to it")
  func notListed() throws {
    let listener = try MessageSocket.listening(at: try place.path("private"), backlog: 1)
    let link = try place.makeSymbolicLink("listed", to: "private")
    for path in [try place.path("private"), link] {
      let refusal = try connect(try newSocket(), to: path, allowed: ["\(place.path)/listed"])
      #expect(refusal?.code == EACCES)
      #expect(refusal?.access?.operation == .connect)
      #expect(refusal?.access?.path == bytes("\(place.path)/private"))
    }
    var entries = [PollEntry(listener.descriptor, .readable)]
    #expect(try poll(&entries, milliseconds: 0) == 0)
  }

  @Test("a file under a listed name is no socket")
  func noSocket() throws {
    let path = try place.makeFile("listed")
    #expect(try connect(try newSocket(), to: path, allowed: ["\(place.path)/listed"])?.code == EACCES)
  }

  @Test("an abstract name is refused, and recorded without a path")
  func abstract() throws {
    let refusal = try connect(try newSocket(), to: nil, allowed: [""])
    #expect(refusal?.code == EACCES)
    #expect(refusal?.access?.path == [])
  }

  @Test("what is not there is the kernel's own error and no refusal to record")
  func absent() throws {
    let refusal = try connect(
      try newSocket(), to: try place.path("absent"), allowed: ["\(place.path)/absent"])
    #expect(refusal?.code == ENOENT)
    #expect(refusal?.access == nil)
  }
}
