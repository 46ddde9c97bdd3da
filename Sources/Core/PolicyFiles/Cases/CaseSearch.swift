internal import Kernel

extension PolicyDirectory {
  /// Regular files below `directory` whose names end in `suffix`, as paths, sorted. What cannot be read is left out.
  static func paths(below directory: String, suffix: String) -> [String] {
    var found: [String] = []
    collect(into: &found, directory, suffix: suffix, depth: 0)
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func collect(into found: inout [String], _ path: String, suffix: String, depth: Int) {
    guard depth <= deepest, found.count <= mostFiles, let name = FilePath(Array(path.utf8)) else { return }
    do throws(KernelError) {
      // Only what the caller names may be a link.
      let directory = try FileDescriptor.open(name, depth == 0 ? [.directory] : [.directory, .noFollow])
      for bytes in try directory.entries(limit: 10 * mostFiles) where bytes.first != UInt8(ascii: ".") {
        guard let entry = FilePath(bytes) else { continue }
        let below = path + "/" + String(decoding: bytes, as: UTF8.self)
        switch try directory.status(of: entry).kind {
        case .directory: collect(into: &found, below, suffix: suffix, depth: depth + 1)
        case .regular where below.hasSuffix(suffix): found.append(below)
        default: break
        }
      }
    } catch {
      // The loader says what is wrong with the directory.
    }
  }
}
