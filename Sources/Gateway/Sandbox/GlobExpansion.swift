internal import Glibc
internal import Kernel
internal import SecretPaths

/// Expands a path glob as the command's own uid, through the same judge as the command's opens: a name below a denied
/// directory is never even seen. glob(7)
struct GlobExpansion {
  /// Why a glob gives no words.
  enum Failure: Error, Equatable, CustomStringConvertible {
    case tooManyNames(most: Int)
    case tooManyEntries(in: [UInt8], most: Int)
    case badPattern
    /// A directory that the command may read could not be read: what matches is not known.
    case unreadable(KernelError)

    var description: String {
      switch self {
      case .tooManyNames(let most): "matches more than \(most) names"
      case .tooManyEntries(let directory, let most):
        "\(Printable.text(directory)) has more than \(most) entries"
      case .badPattern: "is no pattern"
      case .unreadable(let error): "\(error)"
      }
    }
  }

  /// Names that one glob may give, and entries that one directory may have.
  private static let mostNames = 4096
  private static let mostEntries = 100_000

  private let components: [NamePattern]
  private let isAbsolute: Bool

  init(_ pattern: [UInt8]) throws(Failure) {
    isAbsolute = pattern.first == UInt8(ascii: "/")
    guard let components = try? NamePattern.components(of: pattern) else { throw .badPattern }
    self.components = components
  }

  /// The pattern's text as the caller wrote it, without the backslashes that mark literal bytes.
  static func unescaped(_ pattern: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var isEscaped = false
    for byte in pattern {
      if byte == UInt8(ascii: "\\") && !isEscaped {
        isEscaped = true
      } else {
        text.append(byte)
        isEscaped = false
      }
    }
    return text
  }

  /// The names that match, in byte order; none when nothing does, so that the caller keeps the word as it was written.
  /// A relative name that begins with `-` gets `./` in front: no tool shall take it for an option.
  ///
  /// `directory` is the absolute path that a relative glob starts from.
  func names(
    from directory: [UInt8], through opener: inout FileOpener, by thread: ProcessID
  ) throws(Failure) -> [[UInt8]] {
    var found: [[UInt8]] = [isAbsolute ? [UInt8(ascii: "/")] : []]
    for component in components {
      var next: [[UInt8]] = []
      for prefix in found {
        let place = isAbsolute ? prefix : Self.join(directory, prefix)
        for name in try Self.matches(of: component, in: place, through: &opener, by: thread) {
          next.append(Self.join(prefix, name))
          if next.count > Self.mostNames { throw .tooManyNames(most: Self.mostNames) }
        }
      }
      found = next
    }
    return found.map { $0.first == UInt8(ascii: "-") ? Array("./".utf8) + $0 : $0 }
  }

  private static func matches(
    of component: NamePattern, in directory: [UInt8], through opener: inout FileOpener, by thread: ProcessID
  ) throws(Failure) -> [[UInt8]] {
    guard let path = FilePath(directory) else { return [] }
    // Judged like any open of the command.
    let request = OpenRequest(base: .workingDirectory, path: path, flags: [.directory])
    switch opener.open(request, by: thread, grants: []) {
    case .failed(.kernel(let code)) where !isPassedOver(code):
      throw .unreadable(KernelError(.openat2, on: Printable.text(directory), code: code))
    case .failed: return []
    case .opened(let place): return try matches(of: component, in: place, named: directory)
    }
  }

  private static func matches(
    of component: NamePattern, in place: borrowing FileDescriptor, named directory: [UInt8]
  ) throws(Failure) -> [[UInt8]] {
    do throws(KernelError) {
      if let literal = component.literal {
        guard let name = FilePath(literal) else { return [] }
        _ = try place.status(of: name)
        return [literal]
      }
      return try place.entries(limit: mostEntries).filter { component.matches($0) }
    } catch {
      if error.code == E2BIG { throw .tooManyEntries(in: directory, most: mostEntries) }
      if isPassedOver(error.code) { return [] }
      throw .unreadable(KernelError(error.call, on: Printable.text(directory), code: error.code))
    }
  }

  /// What a shell passes over: the directory is not there, is none, or is closed to the command.
  private static func isPassedOver(_ code: CInt) -> Bool {
    [ENOENT, ENOTDIR, ELOOP, EACCES, EPERM, ENAMETOOLONG, ESRCH, ENXIO].contains(code)
  }

  private static func join(_ prefix: [UInt8], _ name: [UInt8]) -> [UInt8] {
    if prefix.isEmpty { return name }
    return prefix.last == UInt8(ascii: "/") ? prefix + name : prefix + [UInt8(ascii: "/")] + name
  }
}
