internal import CLibSSH
internal import Glibc

/// How many bytes the packet has that is being handled.
///
/// libssh hands strings over as C strings, which end at the first NUL; only the packet's size tells that there was more.
/// It counts packets and payload bytes, and writes one line of log for each packet after it has counted it and before it
/// handles it: at each line the meter looks at the counts. When they have moved by more than one packet, the size of the
/// last one is not known.
@safe
final class PacketMeter {
  /// Payload bytes and packets; and bytes on the wire.
  let packets: UnsafeMutablePointer<ssh_counter_struct>
  let wire: UnsafeMutablePointer<ssh_counter_struct>
  private var seenPackets: UInt64 = 0
  private var seenBytes: UInt64 = 0
  private var size: Int?
  private var settled: UInt64 = 0
  /// Requests to authenticate that libssh left without any answer: it says nothing to a signature that is wrong, to an
  /// algorithm that is not taken, and to a key that it cannot read.
  private(set) var unansweredRequests = 0
  /// A request to authenticate is being handled, and how many packets had been sent when it came.
  private var request: UInt64?

  /// The request that is being handled is OpenSSH's word that the client reads no more of the channel: `eow@openssh.com`,
  /// PROTOCOL of OpenSSH, 2.1. libssh tells no name of a request that it does not know, but in its log.
  private(set) var isEndOfReading = false
  /// The channel request that is being handled wants no answer. RFC 4254, 5.4
  private(set) var wantsNoAnswer = false

  private static let userAuthenticationRequest: UInt8 = 50  // RFC 4252, 6

  init() {
    unsafe packets = .allocate(capacity: 1)
    unsafe wire = .allocate(capacity: 1)
    unsafe packets.initialize(to: ssh_counter_struct())
    unsafe wire.initialize(to: ssh_counter_struct())
  }

  deinit {
    // Both were allocated by init, and no session uses them any more: it is freed first.
    unsafe packets.deallocate()
    unsafe wire.deallocate()
  }

  // The counters live as long as this object.
  var packetsReceived: UInt64 { unsafe packets.pointee.in_packets }
  var packetsSent: UInt64 { unsafe packets.pointee.out_packets }
  /// Of the wire.
  var bytesReceived: UInt64 { unsafe wire.pointee.in_bytes }

  /// What is sealed and has not left, in bytes, or a little more: payload and 64 bytes around each packet, less what was
  /// written. `isEmpty`: libssh has nothing left to write, so that counting begins anew.
  func bytesWaiting(isEmpty: Bool) -> UInt64 {
    let sealed = unsafe packets.pointee.out_bytes + 64 * packets.pointee.out_packets
    let written = unsafe wire.pointee.out_bytes
    let excess = sealed > written ? sealed - written : 0
    if isEmpty { settled = excess }
    return excess > settled ? excess - settled : 0
  }

  /// The payload's size in bytes, with the byte for the type; nil when it is not known.
  var payloadSize: Int? {
    look()
    return size
  }

  /// Called for each line of libssh's log.
  func heard(_ line: UnsafePointer<CChar>) {
    guard packetsReceived != seenPackets else {
      guard unsafe Self.begins(line, with: Self.channelRequest) else { return }
      isEndOfReading = unsafe Self.begins(
        line + Self.channelRequest.utf8CodeUnitCount, with: "eow@openssh.com ")
      wantsNoAnswer = unsafe Self.ends(line, with: "(want_reply=0)")
      return
    }
    look()
    isEndOfReading = false
    wantsNoAnswer = false
    settleRequest()
    if unsafe Self.packetType(in: line) == Self.userAuthenticationRequest { request = packetsSent }
  }

  /// Called when libssh has handled all that came.
  func settleRequest() {
    if request == packetsSent { unansweredRequests += 1 }
    request = nil
  }

  private func look() {
    let now = packetsReceived
    guard now != seenPackets else { return }
    let bytes = unsafe packets.pointee.in_bytes
    size = now == seenPackets + 1 ? Int(clamping: bytes - seenBytes) : nil
    seenPackets = now
    seenBytes = bytes
  }

  /// From `ssh_packet_socket_callback: packet: read type 50 [len=…`.
  static func packetType(in line: UnsafePointer<CChar>) -> UInt8? {
    let marker: StaticString = "ssh_packet_socket_callback: packet: read type "
    guard unsafe begins(line, with: marker) else { return nil }
    var index = marker.utf8CodeUnitCount
    var value = 0
    // Type 128 and above are written as negative numbers: nobody asks for them.
    while case let digit = unsafe UInt8(bitPattern: line[index]), (48...57).contains(digit), value < 256 {
      value = value * 10 + Int(digit - 48)
      index += 1
    }
    return UInt8(exactly: value)
  }

  /// A name, a channel, and whether an answer is wanted follow.
  private static let channelRequest: StaticString = "ssh_message_handle_channel_request: Received a "

  private static func begins(_ line: UnsafePointer<CChar>, with marker: StaticString) -> Bool {
    for index in 0..<marker.utf8CodeUnitCount {
      // Stops at the line's NUL at the latest, which the marker does not contain.
      guard unsafe UInt8(bitPattern: line[index]) == marker.utf8Start[index] else { return false }
    }
    return true
  }

  private static func ends(_ line: UnsafePointer<CChar>, with marker: StaticString) -> Bool {
    let start = unsafe strlen(line) - marker.utf8CodeUnitCount
    // From `start` on there are as many bytes as the marker has.
    return unsafe start >= 0 && begins(line + start, with: marker)
  }
}
