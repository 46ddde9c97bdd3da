/// Finds the few entries whose literal prefix is the path or a directory above it.
///
/// A hash table from the prefix to the entries, in order. A collision costs time only: an entry that
/// the index proposes is matched in full.
struct LiteralPrefixIndex: Sendable {
  private static let none: Int32 = -1

  /// First entry of each bucket; the count is a power of two.
  private var heads: [Int32]
  /// The next entry of the same bucket, always a later one.
  private var following: [Int32]
  private var hashes: [UInt64]
  /// The programs of all entries, one behind the other; entry `n` ends at `ends[n]`.
  private var codes: [GlobProgram.Code] = []
  private var ends: [Int] = []
  private var classes: [ByteSet] = []
  private let literals: [[UInt8]]

  init(_ entries: [SecretPaths.Entry]) {
    var size = 16
    while size < entries.count * 2 { size *= 2 }
    heads = Array(repeating: Self.none, count: size)
    following = Array(repeating: Self.none, count: entries.count)
    hashes = Array(repeating: 0, count: entries.count)
    literals = entries.map(\.pattern.literalPrefix)
    for entry in entries { append(entry.pattern.program) }
    for entry in entries.indices.reversed() {
      var hash = PrefixHash()
      for code in entries[entry].pattern.literalCodes { hash.append(UInt8(truncatingIfNeeded: code)) }
      let bucket = hash.bucket(of: size)
      hashes[entry] = hash.value
      following[entry] = heads[bucket]
      heads[bucket] = Int32(truncatingIfNeeded: entry)
    }
  }

  private mutating func append(_ program: GlobProgram) {
    let firstClass = GlobProgram.Code(classes.count)
    for code in program.codes {
      codes.append(code < GlobProgram.firstClass ? code : code + firstClass)
    }
    classes += program.classes
    ends.append(codes.count)
  }

  /// The lowest index of an entry whose pattern covers `path`, which is absolute and normalised.
  func firstEntry(covering path: [UInt8]) -> Int? {
    let slash = UInt8(ascii: "/")
    var best = ends.count
    var hash = PrefixHash()
    // The root's own components are none, as those of a pattern "/" are.
    let path = path.count == 1 ? [] : path
    for position in path.indices {
      // The path up to here, without the slash, is a directory above `path`; at 0 it is the root.
      if path[position] == slash { search(hash, path, &best) }
      hash.append(path[position])
    }
    search(hash, path, &best)
    return best < ends.count ? best : nil
  }

  /// Whether no pattern can cover `directory` or anything below it. False may also mean that it is not easily told.
  func isClear(below directory: [UInt8]) -> Bool {
    let slash = UInt8(ascii: "/")
    var hash = PrefixHash()
    for position in directory.indices {
      if directory[position] == slash && hasEntry(hash) { return false }
      hash.append(directory[position])
    }
    if hasEntry(hash) { return false }
    return !literals.contains { $0.starts(with: directory) }
  }

  /// Whether an entry begins at this very directory: with wildcards below it, or by its name.
  private func hasEntry(_ hash: PrefixHash) -> Bool {
    var candidate = Int(heads[hash.bucket(of: heads.count)])
    while candidate >= 0 {
      if hashes[candidate] == hash.value { return true }
      candidate = Int(following[candidate])
    }
    return false
  }

  private func search(_ hash: PrefixHash, _ path: [UInt8], _ best: inout Int) {
    var candidate = Int(heads[hash.bucket(of: heads.count)])
    while candidate >= 0, candidate < best {
      let start = candidate == 0 ? 0 : ends[candidate - 1]
      if hashes[candidate] == hash.value,
        GlobProgram.match(codes, start..<ends[candidate], classes, path, extent: .wholeOrAncestor)
      {
        best = candidate
        return
      }
      candidate = Int(following[candidate])
    }
  }
}

/// FNV-1a, 64 bits (RFC 9923), of the path so far.
private struct PrefixHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func append(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }

  func bucket(of count: Int) -> Int {
    Int(truncatingIfNeeded: (value ^ (value >> 32)) & UInt64(count - 1))
  }
}
