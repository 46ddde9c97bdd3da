internal import CKeyhole
internal import Glibc

/// A unix seqpacket socket: messages keep their bounds, and descriptors travel with them. unix(7)
public struct MessageSocket: ~Copyable, Sendable {
  public let descriptor: FileDescriptor

  /// The kernel's word on who connected, taken when it connected. unix(7), SO_PEERCRED
  public struct Peer: Equatable, Sendable {
    public var process: ProcessID
    public var user: UserID
    public var group: GroupID
  }

  public init(owning descriptor: consuming FileDescriptor) {
    self.descriptor = descriptor
  }

  private init() throws(KernelError) {
    let type = CInt(SOCK_SEQPACKET.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    descriptor = FileDescriptor(owning: try attempt(.socket) { socket(AF_UNIX, type, 0) })
  }

  /// A socket bound to a path and listening. The path must not exist.
  public static func listening(at path: FilePath, backlog: CInt) throws(KernelError) -> MessageSocket {
    let listener = try MessageSocket()
    try attempt(.bind, on: path.description) {
      unsafe path.withCString { unsafe keyhole_unix_bind(listener.descriptor.number, $0) }
    }
    try attempt(.listen) { listen(listener.descriptor.number, backlog) }
    return listener
  }

  public static func connected(to path: FilePath) throws(KernelError) -> MessageSocket {
    let socket = try MessageSocket()
    try attempt(.connect, on: path.description) {
      unsafe path.withCString { unsafe keyhole_unix_connect(socket.descriptor.number, $0) }
    }
    return socket
  }

  /// Connects to the very socket file behind an O_PATH descriptor; the path is only for messages.
  public static func connected(
    toObject file: borrowing FileDescriptor, named path: FilePath
  ) throws(KernelError) -> MessageSocket {
    let socket = try MessageSocket()
    do throws(KernelError) {
      try socket.descriptor.connectUnix(toObject: file)
    } catch {
      throw KernelError(error.call, on: path.description, code: error.code)
    }
    return socket
  }

  public func accept() throws(KernelError) -> MessageSocket {
    MessageSocket(
      owning: FileDescriptor(owning: try attempt(.accept) { keyhole_accept(descriptor.number) }))
  }

  public func peer() throws(KernelError) -> Peer {
    var process: UInt32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
    try attempt(.getsockopt) { unsafe keyhole_peer(descriptor.number, &process, &user, &group) }
    return Peer(
      process: ProcessID(Int32(bitPattern: process)), user: UserID(user), group: GroupID(group))
  }

  /// Sends one message; the descriptors stay open here. sendmsg(2), SCM_RIGHTS
  public func send(_ bytes: [UInt8], descriptors: [CInt] = []) throws(KernelError) {
    try attempt(.sendmsg) {
      unsafe keyhole_send(descriptor.number, bytes, bytes.count, descriptors, descriptors.count)
    }
  }

  /// One message and its descriptors, which now belong to the caller; no bytes means that the peer left.
  /// A message longer than `limit`, or with more than `descriptors` descriptors, is EMSGSIZE. recvmsg(2)
  public func receive(
    upTo limit: Int, descriptors most: Int = 0
  ) throws(KernelError) -> ReceivedMessage {
    var numbers = [CInt](repeating: -1, count: most)
    var count = most
    var failure: KernelError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      do throws(KernelError) {
        // The buffer and the array of numbers have the room that is named, and live through the call.
        filled = try attempt(.recvmsg) {
          unsafe keyhole_receive(descriptor.number, buffer.baseAddress, limit, &numbers, &count)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return ReceivedMessage(bytes: bytes, numbers: Array(numbers.prefix(count)))
  }

  /// Two sockets, connected to each other: wrap each end. socketpair(2)
  public static func pair() throws(KernelError) -> DescriptorPair {
    let type = CInt(SOCK_SEQPACKET.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    return try unsafe DescriptorPair(.socket) { unsafe socketpair(AF_UNIX, type, 0, $0) }
  }
}

/// A message as it came. Descriptors that nobody takes are closed.
public struct ReceivedMessage: ~Copyable, Sendable {
  public let bytes: [UInt8]
  private var numbers: [CInt]

  init(bytes: [UInt8], numbers: [CInt]) {
    self.bytes = bytes
    self.numbers = numbers
  }

  deinit {
    for number in numbers { close(number) }
  }

  public var descriptorCount: Int { numbers.count }

  /// The next descriptor, in the order of sending; nil when there is none left.
  public mutating func takeDescriptor() -> FileDescriptor? {
    numbers.isEmpty ? nil : FileDescriptor(owning: numbers.removeFirst())
  }

  /// The last descriptor of those that are left, in the order of sending.
  public mutating func takeLastDescriptor() -> FileDescriptor? {
    guard let number = numbers.popLast() else { return nil }
    return FileDescriptor(owning: number)
  }
}
