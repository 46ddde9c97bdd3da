internal import CKeyhole
internal import Glibc

/// A file mapped for reading, such as a sealed memory file that another process prepared. mmap(2)
@safe
public struct MappedFile: ~Copyable {
  private let address: UnsafeMutableRawPointer?
  public let count: Int

  public init(_ file: borrowing FileDescriptor) throws(KernelError) {
    let count = Int(try file.status().size)
    var mapped: UnsafeMutableRawPointer?
    if count > 0 {
      unsafe mapped = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, file.number, 0)
      if unsafe mapped == MAP_FAILED { throw KernelError(.mmap, code: errno) }
    }
    self.count = count
    unsafe address = mapped
  }

  deinit {
    if let address = unsafe address { unsafe _ = munmap(address, count) }
  }

  /// The little-endian integer at a byte offset; nil outside the file.
  public func integer(at offset: Int) -> UInt64? {
    guard let address = unsafe address, offset >= 0, offset <= count - 8 else { return nil }
    // The bounds were checked on the line above.
    return unsafe UInt64(littleEndian: address.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Numbers as ``integer(at:)`` reads them.
  public static func bytes(of numbers: [UInt64]) -> [UInt8] {
    numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) } }
  }

  /// Some of the file's bytes; nil when they do not lie inside it.
  public func copy(_ range: Range<Int>) -> [UInt8]? {
    // The mapping lives as long as this value, and the copy is its own.
    unsafe bytes(range).map { unsafe Array($0) }
  }

  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer? {
    guard let address = unsafe address, range.lowerBound >= 0, range.upperBound <= count else { return nil }
    return unsafe UnsafeRawBufferPointer(start: address + range.lowerBound, count: range.count)
  }
}

/// Exported seccomp programs, built once and mapped by each process that installs one. seccomp(2)
///
/// The file holds a count, then for each program its offset and length in bytes, all as little-endian 64-bit
/// numbers, then the programs, each a row of 8-byte instructions.
public struct FilterProgram: ~Copyable {
  private let file: MappedFile
  private let range: Range<Int>

  /// nil when the file has no such program, or the program does not lie inside the file.
  public init?(_ index: Int, in descriptor: borrowing FileDescriptor) throws(KernelError) {
    file = try MappedFile(descriptor)
    guard let count = file.integer(at: 0), index >= 0, index < Int(clamping: count),
      let offset = file.integer(at: 8 + 16 * index), let length = file.integer(at: 16 + 16 * index),
      length > 0, length % 8 == 0, length <= 4096 * 8, offset <= UInt64(file.count),
      Int(offset) + Int(length) <= file.count
    else { return nil }
    range = Int(offset)..<Int(offset) + Int(length)
  }

  var instructions: UnsafeRawBufferPointer? { unsafe file.bytes(range) }

  /// The bytes of a file that ``init(_:in:)`` reads.
  public static func file(of programs: [[UInt8]]) -> [UInt8] {
    var header: [UInt64] = [UInt64(programs.count)]
    var offset = 8 + 16 * programs.count
    for program in programs {
      header += [UInt64(offset), UInt64(program.count)]
      offset += program.count
    }
    return MappedFile.bytes(of: header) + programs.joined()
  }
}
