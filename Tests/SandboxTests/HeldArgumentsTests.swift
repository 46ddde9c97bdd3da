import Glibc
import TestSupport
import Testing

@testable import Kernel
@testable import Sandbox

/// The held calls are this very process's, whose memory the supervisor's reads reach like any other's.
@Suite("Arguments of held calls")
struct HeldArgumentsTests {
  private static func call(
    _ number: Int32, _ arguments: UInt64..., architecture: UInt32 = HeldNumbers.architecture
  ) -> HeldCall {
    HeldCall(
      id: 1, thread: ProcessID(getpid()), number: number, architecture: architecture,
      arguments: arguments + [UInt64](repeating: 0, count: 6 - arguments.count))
  }

  /// Calls the body with the address of the bytes.
  private func withMemory<Result>(_ bytes: [UInt8], _ body: (UInt64) throws -> Result) rethrows -> Result {
    // The array lives through the body, in which the address is read by number.
    try unsafe bytes.withUnsafeBytes { try body(UInt64(UInt(bitPattern: $0.baseAddress))) }
  }

  private func open(_ call: HeldCall) throws -> OpenRequest {
    guard case .open(let request) = try HeldArguments(of: call) else { throw Absent() }
    return request
  }

  @Test("each kind of open is understood")
  func opens() throws {
    try withMemory(bytes("some/path\0")) { address in
      let openat = try open(Self.call(HeldNumbers.openat, 7, address, 0o2000001))
      #expect(openat.base == .descriptor(7))
      #expect(openat.path == "some/path")
      #expect(openat.flags == [.closeOnExec, .writeOnly])
      let here = try open(Self.call(HeldNumbers.openat, UInt64(bitPattern: Int64(AT_FDCWD)), address, 0))
      #expect(here.base == .workingDirectory)
      #expect(!here.wantsChange)
      let open = try open(Self.call(HeldNumbers.open, address, 0o200000))
      #expect(open.base == .workingDirectory && open.flags == .directory)
      let creat = try self.open(Self.call(HeldNumbers.creat, address, 0o644))
      #expect(creat.flags == [.create, .writeOnly, .truncate] && creat.wantsChange)
    }
  }

  @Test("only the lower half of a register counts where the kernel takes an int")
  func upperHalves() throws {
    try withMemory(bytes("p\0")) { address in
      let request = try open(
        Self.call(HeldNumbers.openat, 0xDEAD_0000_0000_0003, address, 0xFFFF_FFFF_0000_0000))
      #expect(request.base == .descriptor(3))
      #expect(request.flags == .readOnly)
      let here = try open(Self.call(HeldNumbers.openat, 0xFFFF_FF9C, address, 0))
      #expect(here.base == .workingDirectory)
    }
  }

  @Test("openat2 has its flags and bounds in memory, of exactly the size that is known")
  func openat2() throws {
    let how = MappedFile.bytes(of: [0o200000, 0, 0x08])
    try withMemory(bytes("p\0")) { path in
      try withMemory(how + [UInt8](repeating: 0, count: 8)) { how in
        let request = try open(Self.call(HeldNumbers.openat2, 5, path, how, 24))
        #expect(request.base == .descriptor(5))
        #expect(request.flags == .directory && request.resolve == .beneath)
        for (size, code) in [(UInt64(16), EINVAL), (0, EINVAL), (32, E2BIG), (.max, E2BIG)] {
          #expect(
            failure { try HeldArguments(of: Self.call(HeldNumbers.openat2, 5, path, how, size)) }?.code
              == code)
        }
      }
      #expect(
        failure { try HeldArguments(of: Self.call(HeldNumbers.openat2, 5, path, 8, 24)) }?.code == EFAULT)
    }
  }

  @Test("paths are as long as the kernel lets them be", arguments: [1, 4095, 4096, 5000])
  func longPaths(length: Int) {
    withMemory([UInt8](repeating: UInt8(ascii: "/"), count: length) + [0]) { address in
      let call = Self.call(HeldNumbers.open, address, 0)
      if length <= 4095 {
        #expect((try? open(call))?.path.bytes.count == length)
      } else {
        #expect(failure { try HeldArguments(of: call) }?.code == ENAMETOOLONG)
      }
    }
  }

  @Test("a path that is empty or not in memory is the kernel's own error")
  func badPaths() throws {
    withMemory([0]) { address in
      #expect(failure { try HeldArguments(of: Self.call(HeldNumbers.open, address, 0)) }?.code == ENOENT)
    }
    #expect(failure { try HeldArguments(of: Self.call(HeldNumbers.open, 16, 0)) }?.code == EFAULT)
  }

  @Test("other calls, and those of other architectures, are unknown")
  func unknown() throws {
    let i386: UInt32 = 0x4000_0003
    for call in [
      Self.call(59), Self.call(-1), Self.call(HeldNumbers.openat, 0, 0, 0, architecture: i386),
      Self.call(HeldNumbers.openat + 0x4000_0000),
    ] {
      guard case .unknown = try HeldArguments(of: call) else {
        Issue.record("\(call.number) was taken for something")
        continue
      }
    }
  }

  @Test("a watch asks for an object, and follows links unless it says otherwise")
  func watches() throws {
    try withMemory(bytes("/var/log\0")) { address in
      for (mask, flags) in [(UInt64(0x2), OpenFlags.readOnly), (0x0200_0002, .noFollow)] {
        guard
          case .watch(let request) = try HeldArguments(
            of: Self.call(HeldNumbers.inotifyAddWatch, 4, address, mask))
        else { throw Absent() }
        #expect(request.inotify == 4)
        #expect(UInt64(request.mask) == mask)
        #expect(request.open.path == "/var/log" && request.open.flags == flags)
      }
    }
  }
}

@Suite("Addresses of held connects")
struct ConnectRequestTests {
  private func path(of address: [UInt8], length: UInt64? = nil) throws -> [UInt8]? {
    try unsafe address.withUnsafeBytes { buffer in
      let arguments: [UInt64] = [
        9, UInt64(UInt(bitPattern: buffer.baseAddress)), length ?? UInt64(address.count),
      ]
      let call = HeldCall(
        id: 1, thread: ProcessID(getpid()), number: HeldNumbers.connect,
        architecture: HeldNumbers.architecture,
        arguments: arguments + [0, 0, 0])
      guard case .connect(let request) = try HeldArguments(of: call) else { throw Absent() }
      #expect(request.socket == 9)
      return request.path?.bytes
    }
  }

  private static let unix: [UInt8] = [1, 0]

  @Test("a path socket is known by its path, with a NUL behind it or without")
  func paths() throws {
    #expect(try path(of: Self.unix + bytes("/run/s\0")) == bytes("/run/s"))
    #expect(try path(of: Self.unix + bytes("/run/s")) == bytes("/run/s"))
    #expect(try path(of: Self.unix + bytes("/run/s\0/etc/other")) == bytes("/run/s"))
    #expect(try path(of: Self.unix + bytes("/run/socket"), length: 8) == bytes("/run/s"))
  }

  @Test("a path is at most as long as an address, whatever the caller says")
  func longPath() throws {
    let long = Self.unix + [UInt8](repeating: UInt8(ascii: "x"), count: 300)
    for length in [UInt64(302), .max, 110] { #expect(try path(of: long, length: length)?.count == 108) }
  }

  @Test("abstract names, nameless addresses and other families have no path")
  func others() throws {
    for address: [UInt8] in [
      Self.unix + bytes("\0abstract"), Self.unix, [1], [2, 0, 0, 80, 127, 0, 0, 1], [1, 1, 0x2F, 0x61],
      [16, 0, 0x2F],
    ] {
      #expect(try path(of: address) == nil, "\(address)")
    }
    #expect(try path(of: Self.unix + bytes("/run/s"), length: 0) == nil)
  }

  @Test("an address that is not in memory is the kernel's own error")
  func badAddress() {
    let call = HeldCall(
      id: 1, thread: ProcessID(getpid()), number: HeldNumbers.connect, architecture: HeldNumbers.architecture,
      arguments: [3, 16, 110, 0, 0, 0])
    #expect(failure { try HeldArguments(of: call) }?.code == EFAULT)
  }
}
