internal import Kernel

/// An executable of this host, looked for by name where commands are.
struct HostProgram: Equatable {
  static let directories = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"]

  /// As a policy names it.
  var path: String
  /// Where the path leads once links are followed.
  var resolved: String
  /// Why it is no program for a policy; nil when nothing speaks against it.
  var objection: String?

  /// Nil when there is none of that name.
  static func find(_ name: String) -> HostProgram? {
    guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else { return nil }
    for directory in directories {
      guard let found = look(at: directory + "/" + name) else { continue }
      return found
    }
    return nil
  }

  private static func look(at path: String) -> HostProgram? {
    do throws(KernelError) {
      guard let file = FilePath(Array(path.utf8)) else { return nil }
      let descriptor = try FileDescriptor.open(file, [.path])
      let status = try descriptor.status()
      guard status.kind == .regular, status.mode & 0o111 != 0 else { return nil }
      let resolved = String(decoding: try descriptor.location(), as: UTF8.self)
      var objection: String?
      if status.mode & 0o6000 != 0 {
        objection =
          "\(resolved) runs with the rights of its owner or group (mode \(String(status.mode, radix: 8)))"
      } else if status.user != .root || status.mode & 0o022 != 0 {
        objection = "\(resolved) can be changed by others than root"
      } else if let base = resolved.split(separator: "/").last,
        let reason = NeverProposed.reason(forCommand: String(base))
      {
        objection = "it leads to \(resolved): \(reason)"
      }
      return HostProgram(path: path, resolved: resolved, objection: objection)
    } catch {
      return nil
    }
  }
}
