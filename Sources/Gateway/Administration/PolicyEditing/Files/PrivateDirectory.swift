internal import Kernel

/// A directory below /tmp that nobody else can enter, with what is in it; it goes with the value.
final class PrivateDirectory {
  let path: String

  init() throws(KernelError) {
    path = "/tmp/keyhole-edit-\(FilePlace.randomDigits())"
    try FileChanges.makeNewDirectory(try FilePlace.path(path), mode: 0o700)
  }

  /// A new directory below, in place of the one that has the name.
  func directory(_ name: String) throws(KernelError) -> String {
    let path = "\(path)/\(name)"
    Self.removeTree(path)
    try FileChanges.makeNewDirectory(try FilePlace.path(path), mode: 0o700)
    return path
  }

  deinit { Self.removeTree(path) }

  /// Links are removed and not followed.
  private static func removeTree(_ path: String) {
    guard let name = try? FilePlace.path(path) else { return }
    if let directory = try? FileDescriptor.open(name, [.directory, .noFollow]) {
      // An editor may have left names that are no text.
      for entry in (try? directory.entries(limit: 100_000)) ?? [] { removeEntry(entry, of: path) }
      try? FileChanges.removeDirectory(name)
    } else {
      try? FileChanges.remove(name)
    }
  }

  private static func removeEntry(_ entry: [UInt8], of directory: String) {
    guard let text = String(validating: entry, as: UTF8.self) else {
      if let path = FilePath(Array(directory.utf8) + [UInt8(ascii: "/")] + entry) {
        try? FileChanges.remove(path)
      }
      return
    }
    removeTree("\(directory)/\(text)")
  }
}
