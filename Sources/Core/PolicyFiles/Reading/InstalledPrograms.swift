internal import Kernel
internal import Policy

/// Looks at executables as this host has them: whether they are there, and whether anybody but root could change them.
///
/// A path is walked name by name, symbolic links included, as path_resolution(7) does. Each directory on the way, and
/// the file, must belong to root and be writable by root only: in a sticky directory nobody can replace another's
/// file, yet anybody can make one that is missing. What was looked at once is not looked at again.
struct InstalledPrograms {
  private var directories: [[UInt8]: Problem?] = [:]
  private var links: [[UInt8]: [UInt8]] = [:]
  private var found: [String: Availability] = [:]

  private struct Problem: Error {
    var reason: String
  }

  /// As many links as path_resolution(7) follows.
  private static let mostLinks = 40
  private static let slash = UInt8(ascii: "/")

  mutating func availability(of path: String) -> Availability {
    if let known = found[path] { return known }
    let result = look(at: path)
    found[path] = result
    return result
  }

  private mutating func look(at path: String) -> Availability {
    do throws(KernelError) {
      if let problem = try walk(Array(path.utf8)) { return .unsafe(problem.reason) }
      return .usable
    } catch {
      return .notInstalled
    }
  }

  /// What is wrong on the way to a file; nil when nothing is.
  ///
  /// - Throws: when there is no file that somebody may execute.
  private mutating func walk(_ path: [UInt8]) throws(KernelError) -> Problem? {
    var problem = try directoryProblem([Self.slash])
    var here: [UInt8] = []
    var rest = path.split(separator: Self.slash)[...]
    var followed = 0
    while let name = rest.popFirst() {
      if name.elementsEqual(".".utf8) { continue }
      if name.elementsEqual("..".utf8) {
        if let last = here.lastIndex(of: Self.slash) { here.removeSubrange(last...) }
        continue
      }
      let next = here + [Self.slash] + name
      if let target = links[next] {
        (here, rest) = Self.following(target, from: here, rest)
        followed += 1
      } else if directories[next] != nil, !rest.isEmpty {
        problem = problem ?? (directories[next] ?? nil)
        here = next
        continue
      } else {
        guard let filePath = FilePath(next) else { throw KernelError(.openat2, code: 22) }
        let file = try FileDescriptor.open(filePath, [.path, .noFollow])
        let status = try file.status()
        switch status.kind {
        case .symbolicLink:
          let target = try file.linkText()
          links[next] = target
          if status.user != .root { problem = problem ?? Self.owned(next, status) }
          (here, rest) = Self.following(target, from: here, rest)
          followed += 1
        case .directory:
          let found = Self.problem(next, status)
          directories[next] = .some(found)
          problem = problem ?? found
          here = next
        case .regular where rest.isEmpty && status.mode & 0o111 != 0:
          return problem ?? Self.problem(next, status)
        default: throw KernelError(.openat2, on: String(decoding: next, as: UTF8.self), code: 2)
        }
      }
      if followed > Self.mostLinks { throw KernelError(.openat2, code: 40) }
    }
    throw KernelError(.openat2, code: 21)
  }

  private static func following(
    _ target: [UInt8], from here: [UInt8], _ rest: ArraySlice<ArraySlice<UInt8>>
  ) -> (here: [UInt8], rest: ArraySlice<ArraySlice<UInt8>>) {
    (target.first == slash ? [] : here, (target.split(separator: slash) + rest)[...])
  }

  private mutating func directoryProblem(_ path: [UInt8]) throws(KernelError) -> Problem? {
    if let known = directories[path] { return known }
    guard let filePath = FilePath(path) else { return nil }
    let problem = Self.problem(path, try FileDescriptor.open(filePath, [.path]).status())
    directories[path] = .some(problem)
    return problem
  }

  private static func problem(_ path: [UInt8], _ status: FileStatus) -> Problem? {
    if status.user != .root { return owned(path, status) }
    guard status.mode & 0o022 != 0 else { return nil }
    let who =
      switch status.mode & 0o022 {
      case 0o020: "its group"
      case 0o002: "others"
      default: "its group and others"
      }
    return Problem(reason: "\(String(decoding: path, as: UTF8.self)) is writable by \(who)")
  }

  private static func owned(_ path: [UInt8], _ status: FileStatus) -> Problem {
    Problem(reason: "\(String(decoding: path, as: UTF8.self)) belongs to uid \(status.user), not to root")
  }
}
