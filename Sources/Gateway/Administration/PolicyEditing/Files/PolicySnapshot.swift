internal import Glibc
internal import Kernel

/// A policy directory as it is at one moment, to be compared with a later one and to be copied.
struct PolicySnapshot: Equatable {
  struct Entry: Equatable {
    enum Content: Equatable {
      case directory
      case file([UInt8])
      case link([UInt8])
    }

    var content: Content
    var user: UserID
    var group: GroupID
    var mode: UInt32
  }

  /// Of one policy file, with one byte more than is allowed, so that the loader says so.
  private static let largestFile = 1 << 20
  private static let mostEntries = 10_000
  private static let deepest = 9

  /// By name below the directory; the directory itself is the empty name.
  private(set) var entries: [String: Entry] = [:]

  /// Names that begin with a dot are left out, as the loader leaves them out.
  init(of directory: String) throws(KernelError) {
    // The directory itself may be named through a link.
    let root = try FileDescriptor.open(try FilePlace.path(directory), [.directory])
    let status = try root.status()
    entries[""] = Entry(content: .directory, user: status.user, group: status.group, mode: status.mode)
    try read(root, name: "", depth: 0)
  }

  func file(_ name: String) -> [UInt8]? {
    if case .file(let bytes)? = entries[name]?.content { bytes } else { nil }
  }

  /// Names of policy files, sorted.
  var policyFiles: [String] {
    entries.filter { name, entry in
      if case .file = entry.content { name.hasSuffix(".yaml") } else { false }
    }.keys.sorted()
  }

  /// Names that are not the same in both.
  func names(thatDifferFrom other: PolicySnapshot) -> [String] {
    Set(entries.keys).union(other.entries.keys).filter { entries[$0] != other.entries[$0] }.sorted()
  }

  private mutating func read(
    _ directory: borrowing FileDescriptor, name: String, depth: Int
  ) throws(KernelError) {
    guard depth <= Self.deepest else { return }
    for bytes in try directory.entries(limit: Self.mostEntries) where bytes.first != UInt8(ascii: ".") {
      guard let path = FilePath(bytes), let text = String(validating: bytes, as: UTF8.self) else { continue }
      let status = try directory.status(of: path)
      let below = name.isEmpty ? text : "\(name)/\(text)"
      var entry = Entry(content: .directory, user: status.user, group: status.group, mode: status.mode)
      switch status.kind {
      case .directory:
        entries[below] = entry
        try read(try directory.open(path, [.directory, .noFollow]), name: below, depth: depth + 1)
        continue
      case .regular:
        if status.size > Self.largestFile, !text.hasSuffix(".yaml") { continue }
        entry.content = .file(
          try directory.open(path, [.readOnly, .noFollow, .nonBlocking]).readAll(limit: Self.largestFile))
      case .symbolicLink: entry.content = .link(try directory.linkText(of: path))
      case .fifo, .socket, .characterDevice, .blockDevice, .other: continue
      }
      entries[below] = entry
    }
  }

  /// Writes the same tree below an empty directory, with `bytes` in the place of one file. Owners and modes are kept
  /// where that is permitted, so that the loader sees what it would see in the directory itself.
  func copy(to directory: String, with bytes: [UInt8]?, at changed: String) throws(KernelError) {
    var copied = entries
    if let bytes {
      let above = FilePlace.split(changed).directory == "." ? "" : FilePlace.split(changed).directory
      // A directory that is new is made as that of the policy is.
      let parent = entries[above] ?? entries[""]
      copied[above] = parent
      let owner = entries[changed] ?? parent
      copied[changed] = Entry(
        content: .file(bytes), user: owner?.user ?? .effective, group: owner?.group ?? GroupID(0),
        mode: entries[changed]?.mode ?? 0o644)
    } else {
      copied[changed] = nil
    }
    // Directories before what is in them, and their modes last: one may forbid to write.
    for (name, entry) in copied.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    where name != "" {
      try Self.make(entry, at: "\(directory)/\(name)")
    }
    for (name, entry) in copied where entry.content == .directory {
      let made = try FileDescriptor.open(
        try FilePlace.path(name.isEmpty ? directory : "\(directory)/\(name)"), [.directory])
      try Self.set(entry, of: made)
    }
  }

  private static func make(_ entry: Entry, at text: String) throws(KernelError) {
    let path = try FilePlace.path(text)
    switch entry.content {
    case .directory: try FileChanges.makeNewDirectory(path, mode: 0o700)
    case .link(let target):
      if let target = FilePath(target) { try FileChanges.makeLink(path, to: target) }
    case .file(let bytes):
      let file = try FileDescriptor.open(path, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
      try file.writeAll(bytes)
      try set(entry, of: file)
    }
  }

  private static func set(_ entry: Entry, of file: borrowing FileDescriptor) throws(KernelError) {
    do throws(KernelError) {
      try file.set(owner: entry.user, group: entry.group, mode: entry.mode)
    } catch  where error.code == EPERM {
      // Only root may give files away.
    }
  }
}
