import CLibSSH
import Testing

@testable import SecureShell

@Suite("Sizes of packets")
struct PacketMeterTests {
  private let user =
    "ssh_packet_socket_callback: packet: read type 50 [len=124,padding=10,comp=113,payload=113]"

  /// A packet with a payload of so many bytes has come, and libssh says so.
  private func receive(_ size: UInt64, on meter: PacketMeter, line: String? = nil) {
    unsafe meter.packets.pointee.in_packets += 1
    unsafe meter.packets.pointee.in_bytes += size
    if let line { unsafe line.withCString { unsafe meter.heard($0) } }
  }

  @Test func theSizeIsThatOfTheLastPacket() {
    let meter = PacketMeter()
    receive(40, on: meter, line: user)
    #expect(meter.payloadSize == 40)
    receive(7, on: meter, line: user)
    #expect(meter.payloadSize == 7)
  }

  @Test func theSizeIsNotKnownAfterTwoPacketsOfWhichOneWasNotSeen() {
    let meter = PacketMeter()
    receive(40, on: meter)
    receive(7, on: meter)
    #expect(meter.payloadSize == nil)
    receive(9, on: meter, line: user)
    #expect(meter.payloadSize == 9)
  }

  @Test(arguments: [
    ("ssh_packet_socket_callback: packet: read type 50 [len=1", 50),
    ("ssh_packet_socket_callback: packet: read type 7", 7),
    ("ssh_packet_socket_callback: packet: read type 999999999999999999999 [", nil),
    ("ssh_packet_socket_callback: packet: read typ", nil), ("packet: read type 50", nil), ("", nil),
  ])
  func theTypeStandsInTheLogLine(line: String, type: Int?) {
    let found = unsafe line.withCString { unsafe PacketMeter.packetType(in: $0) }
    #expect(found.map(Int.init) == type)
  }

  @Test func aRequestToAuthenticateThatWasNotAnsweredIsCounted() {
    let meter = PacketMeter()
    receive(113, on: meter, line: user)
    meter.settleRequest()
    #expect(meter.unansweredRequests == 1)
    receive(113, on: meter, line: user)
    unsafe meter.packets.pointee.out_packets += 1
    meter.settleRequest()
    #expect(meter.unansweredRequests == 1)
  }

  @Test func theNextPacketTellsOfTheOneBefore() {
    let meter = PacketMeter()
    receive(113, on: meter, line: user)
    receive(113, on: meter, line: user)
    #expect(meter.unansweredRequests == 1)
  }

  @Test func whatWaitsIsWhatWasSealedSinceAllWasWritten() {
    let meter = PacketMeter()
    unsafe meter.packets.pointee.out_bytes = 1000
    unsafe meter.packets.pointee.out_packets = 10
    unsafe meter.wire.pointee.out_bytes = 1300
    #expect(meter.bytesWaiting(isEmpty: true) == 0)
    #expect(meter.bytesWaiting(isEmpty: false) == 0)
    unsafe meter.packets.pointee.out_bytes = 51_000
    #expect(meter.bytesWaiting(isEmpty: false) == 50_000)
  }
}
