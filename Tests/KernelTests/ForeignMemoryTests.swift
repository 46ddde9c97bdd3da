import Glibc
import TestSupport
import Testing

@testable import Kernel

/// Two pages, of which only the first is mapped at the end.
@safe
private struct LastPage: ~Copyable {
  static let size = 4096
  private let start: UnsafeMutableRawPointer

  init() throws {
    let mapped = unsafe mmap(nil, 2 * Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address = unsafe mapped, unsafe address != MAP_FAILED else { throw Absent() }
    // The second of the two pages that were just mapped.
    let isUnmapped = unsafe munmap(address + Self.size, Self.size) == 0
    if !isUnmapped { throw Absent() }
    unsafe start = address
  }

  deinit { unsafe _ = munmap(start, Self.size) }

  /// Puts bytes at an offset of the page and returns their address.
  func put(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    precondition(offset + bytes.count <= Self.size)
    // Inside the page, by the line above.
    unsafe (start + offset).copyMemory(from: bytes, byteCount: bytes.count)
    return unsafe UInt64(UInt(bitPattern: start)) + UInt64(offset)
  }
}

@Suite("Memory of another process")
struct ForeignMemoryTests {
  private let process = ProcessID(getpid())

  @Test("a string that ends with the last byte of its mapping is read")
  func endOfMapping() throws {
    let page = try LastPage()
    let address = page.put(bytes("/etc\0"), at: LastPage.size - 5)
    #expect(try ForeignMemory.readString(of: process, at: address, limit: 4096) == bytes("/etc"))
  }

  @Test("a string that runs on into memory that is not there is EFAULT")
  func beyondMapping() throws {
    let page = try LastPage()
    let address = page.put(bytes("/etc"), at: LastPage.size - 4)
    let error = failure { try ForeignMemory.readString(of: process, at: address, limit: 4096) }
    #expect(error == KernelError(.process_vm_readv, code: EFAULT))
  }

  @Test("a string across a page's end is read whole")
  func acrossPages() throws {
    let text = [UInt8](repeating: UInt8(ascii: "x"), count: 5000)
    let got = try unsafe (text + [0]).withUnsafeBytes { buffer in
      // The array lives through the closure.
      try ForeignMemory.readString(
        of: process, at: UInt64(UInt(bitPattern: buffer.baseAddress)), limit: 8192)
    }
    #expect(got == text)
  }

  @Test("the limit counts the NUL: a string without one among so many bytes is none", arguments: [4, 5, 6])
  func limit(limit: Int) throws {
    let page = try LastPage()
    let address = page.put(bytes("/etc\0"), at: 0)
    let got = try ForeignMemory.readString(of: process, at: address, limit: limit)
    #expect(got == (limit >= 5 ? bytes("/etc") : nil))
  }

  @Test("an empty string is read as such")
  func empty() throws {
    let page = try LastPage()
    let address = page.put([0], at: 17)
    #expect(try ForeignMemory.readString(of: process, at: address, limit: 10) == [])
  }

  @Test("a read that reaches beyond its mapping gives what is there")
  func shortRead() throws {
    let page = try LastPage()
    let address = page.put(bytes("tail"), at: LastPage.size - 4)
    #expect(try ForeignMemory.read(of: process, at: address, upTo: 100) == bytes("tail"))
  }

  @Test("nothing is mapped at address 0, and nobody has the process number of one that is gone")
  func absent() throws {
    #expect(failure { try ForeignMemory.readString(of: process, at: 0, limit: 100) }?.code == EFAULT)
    #expect(failure { try ForeignMemory.read(of: ProcessID(0x7FFF_FFFE), at: 4096, upTo: 1) }?.code == ESRCH)
  }
}
