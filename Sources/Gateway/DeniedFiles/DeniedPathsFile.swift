public import Kernel
public import SecretPaths

/// The secret denylist in a form that a process of one call can use without reading all of it.
///
/// A policy may have a thousand patterns, and a call opens files below a handful of directories. So the patterns are
/// grouped by the first name of their paths (`etc`, `proc`, …), and a group is compiled when a path first asks for it.
/// Patterns whose first name has a wildcard are in a group of their own, which every path asks for.
public struct DeniedPathsFile: ~Copyable {
  private let file: MappedFile
  private var compiled: [Int: SecretPaths] = [:]
  /// What follows from the text of the denylist alone, so it cannot grow old.
  private var clearDirectories: [[UInt8]: Bool] = [:]
  private var groupsByName: [[UInt8]: [Int]] = [:]
  private static let mostDirectories = 4096

  /// The file is wrong, which only its maker can have done.
  public struct Malformed: Error {
    public init() {}
  }

  private static let slash = UInt8(ascii: "/")
  private static let number = 8

  public init(_ descriptor: borrowing FileDescriptor) throws(KernelError) {
    file = try MappedFile(descriptor)
  }

  /// The first entry that denies an absolute path or a directory above it, nil when none does.
  public mutating func denial(of path: [UInt8]) throws(Malformed) -> SecretPaths.Entry? {
    if try isInClearDirectory(path) { return nil }
    for group in try groups(of: path) {
      if let entry = try secrets(of: group).denial(of: path) { return entry }
    }
    return nil
  }

  /// Files of one directory are asked for one after the other, and most directories have no pattern near them.
  private mutating func isInClearDirectory(_ path: [UInt8]) throws(Malformed) -> Bool {
    guard let end = path.lastIndex(of: Self.slash), end > 0, LexicalPath.isNormalized(path) else {
      return false
    }
    return try isClear(below: Array(path[..<end]))
  }

  /// Whether nothing at or below an absolute, normalised directory can be denied; false may also mean that it is not easily told.
  public mutating func isClear(below directory: [UInt8]) throws(Malformed) -> Bool {
    if let known = clearDirectories[directory] { return known }
    var isClear = directory.count > 1
    for group in try groups(of: directory) where isClear {
      isClear = try secrets(of: group).isClear(below: directory)
    }
    if clearDirectories.count >= Self.mostDirectories { clearDirectories = [:] }
    clearDirectories[directory] = isClear
    return isClear
  }

  private mutating func groups(of path: [UInt8]) throws(Malformed) -> [Int] {
    let first = Array(path.dropFirst().prefix { $0 != Self.slash })
    if let known = groupsByName[first] { return known }
    var groups: [Int] = []
    for group in 0..<(try count(at: 0)) {
      let name = try bytes(at: Self.number * (1 + 4 * group))
      if name.isEmpty || name == first { groups.append(group) }
    }
    if groupsByName.count >= Self.mostDirectories { groupsByName = [:] }
    groupsByName[first] = groups
    return groups
  }

  private mutating func secrets(of group: Int) throws(Malformed) -> SecretPaths {
    if let secrets = compiled[group] { return secrets }
    let start = try count(at: Self.number * (3 + 4 * group))
    var entries: [SecretPaths.Entry] = []
    for index in 0..<(try count(at: Self.number * (4 + 4 * group))) {
      let row = start + Self.number * 4 * index
      guard let pattern = try? PathPattern(try bytes(at: row)) else { throw Malformed() }
      let reason = String(decoding: try bytes(at: row + 2 * Self.number), as: UTF8.self)
      entries.append(SecretPaths.Entry(pattern: pattern, reason: reason, location: ""))
    }
    let secrets = SecretPaths(entries)
    compiled[group] = secrets
    return secrets
  }

  private func count(at offset: Int) throws(Malformed) -> Int {
    guard let value = file.integer(at: offset), value <= UInt64(file.count) else { throw Malformed() }
    return Int(value)
  }

  /// The bytes whose offset and length stand at an offset.
  private func bytes(at offset: Int) throws(Malformed) -> [UInt8] {
    let start = try count(at: offset)
    guard let bytes = file.copy(start..<start + (try count(at: offset + Self.number))) else {
      throw Malformed()
    }
    return bytes
  }

  // MARK: Making

  /// The file of a denylist: how many groups; for each the offset and length of its name, the offset of its rows and
  /// how many; the rows, each the offset and length of a pattern and of its reason; the bytes. Numbers are
  /// little-endian, of 64 bits.
  public static func file(of entries: [SecretPaths.Entry]) -> [UInt8] {
    var groups: [(name: [UInt8], entries: [SecretPaths.Entry])] = []
    for entry in entries {
      let name = firstName(of: entry.pattern)
      if let index = groups.firstIndex(where: { $0.name == name }) {
        groups[index].entries.append(entry)
      } else {
        groups.append((name, [entry]))
      }
    }
    var layout = Layout(textAt: number * (1 + 4 * groups.count + 4 * entries.count))
    var rows: [UInt64] = []
    var header = [UInt64(groups.count)]
    let rowsAt = number * (1 + 4 * groups.count)
    for group in groups {
      header +=
        layout.place(group.name) + [UInt64(rowsAt + number * rows.count), UInt64(group.entries.count)]
      for entry in group.entries {
        rows += layout.place(entry.pattern.bytes) + layout.place(Array(entry.reason.utf8))
      }
    }
    return MappedFile.bytes(of: header + rows) + layout.text
  }

  /// Empty when the first name of the pattern's paths is not one certain name.
  private static func firstName(of pattern: PathPattern) -> [UInt8] {
    let first = Array(pattern.bytes.dropFirst().prefix { $0 != slash })
    guard !first.isEmpty, let name = try? NamePattern(first).literal else { return [] }
    return name
  }

  private struct Layout {
    let textAt: Int
    var text: [UInt8] = []

    init(textAt: Int) { self.textAt = textAt }

    mutating func place(_ bytes: [UInt8]) -> [UInt64] {
      let offset = textAt + text.count
      text += bytes
      return [UInt64(offset), UInt64(bytes.count)]
    }
  }
}
