import TestSupport
import Testing

@testable import Kernel

@Suite("Mapped files")
struct MappedFileTests {
  private static func mapped(_ bytes: [UInt8]) throws -> MappedFile {
    try MappedFile(try FileDescriptor.memoryFile(named: "test", holding: bytes))
  }

  @Test(
    "integers are little-endian and lie wholly inside the file",
    arguments: [-1, 0, 1, 2, 8, Int.max, Int.min])
  func integers(offset: Int) throws {
    let file = try Self.mapped([1, 2, 3, 4, 5, 6, 7, 8, 9])
    let number = file.integer(at: offset)
    switch offset {
    case 0: #expect(number == 0x0807_0605_0403_0201)
    case 1: #expect(number == 0x0908_0706_0504_0302)
    default: #expect(number == nil)
    }
  }

  @Test("an empty file has no integers")
  func empty() throws {
    let file = try Self.mapped([])
    let number = file.integer(at: 0)
    #expect(number == nil)
    #expect(file.count == 0)
  }

  @Test("numbers come back as they were written")
  func roundTrip() throws {
    let file = try Self.mapped(MappedFile.bytes(of: [0, .max, 1 << 40]))
    let numbers = [0, 8, 16].map { file.integer(at: $0) }
    #expect(numbers == [0, .max, 1 << 40])
  }
}

@Suite("Files of seccomp programs")
struct FilterProgramTests {
  private static func program(_ index: Int, in bytes: [UInt8]) throws -> [UInt8]? {
    let file = try FileDescriptor.memoryFile(named: "test", holding: bytes)
    guard let program = try FilterProgram(index, in: file) else { return nil }
    // The mapping lives as long as the program, which outlives the copy.
    return unsafe program.instructions.map { unsafe Array($0) }
  }

  private static let two: [[UInt8]] = [[UInt8](repeating: 1, count: 8), [UInt8](repeating: 2, count: 24)]

  @Test(
    "each program is found by its index, and no other index finds one", arguments: [-1, 0, 1, 2, Int.max])
  func index(index: Int) throws {
    let got = try Self.program(index, in: FilterProgram.file(of: Self.two))
    #expect(got == (Self.two.indices.contains(index) ? Self.two[index] : nil))
  }

  @Test("a file that is cut anywhere has no last program", arguments: [0, 7, 8, 23, 39, 40, 48, 71])
  func truncated(length: Int) throws {
    let whole = FilterProgram.file(of: Self.two)
    #expect(whole.count == 72)
    #expect(try Self.program(1, in: Array(whole.prefix(length))) == nil)
  }

  @Test(
    "a header that lies leads to no program",
    arguments: [
      [1, 24, 0], [1, 24, 7], [1, 24, 12], [1, 24, 16], [1, 25, 8], [1, 33, 8], [1, .max, 8], [1, 24, .max],
      [1, .max - 7, 8], [1, 24, 1 << 32], [0, 24, 8],
    ] as [[UInt64]])
  func hostileHeader(header: [UInt64]) throws {
    let bytes = MappedFile.bytes(of: header) + [UInt8](repeating: 6, count: 8)
    #expect(try Self.program(0, in: bytes) == nil)
  }

  @Test("a count beyond all numbers makes no room that is not there")
  func hostileCount() throws {
    let bytes = MappedFile.bytes(of: [.max, 24, 8]) + [UInt8](repeating: 6, count: 8)
    #expect(try Self.program(0, in: bytes)?.count == 8)
    #expect(try Self.program(1, in: bytes) == nil)
    #expect(try Self.program(Int(UInt8.max), in: bytes) == nil)
  }

  @Test("a program longer than the kernel takes is none")
  func tooLong() throws {
    let longest = [UInt8](repeating: 6, count: 4096 * 8)
    #expect(try Self.program(0, in: FilterProgram.file(of: [longest]))?.count == longest.count)
    #expect(try Self.program(0, in: FilterProgram.file(of: [longest + longest.prefix(8)])) == nil)
  }
}
