internal import Glibc
internal import Kernel

/// A walk through a path, a name at a time. Every step goes through a descriptor, so nothing that was passed can be
/// exchanged behind it.
struct PathWalk: ~Copyable {
  private let path: String
  private let followsLast: Bool
  private var place: FileDescriptor
  /// The names still to walk, the next one last.
  private var names: [[UInt8]]
  private var links = 0
  /// As in the kernel: path_resolution(7)
  private static let mostLinks = 40

  init(_ request: OpenRequest, from base: consuming FileDescriptor, followsLast: Bool) {
    path = request.path.description
    self.followsLast = followsLast
    place = base
    names = []
    push(request.path.bytes)
  }

  private mutating func push(_ path: [UInt8]) {
    names += path.split(separator: UInt8(ascii: "/")).map(Array.init).reversed()
  }

  /// The name that is looked up next, nil at the end of the path.
  var nextName: [UInt8]? { names.last }

  /// Where the walk stands.
  func object() throws(KernelError) -> ResolvedObject { try ResolvedObject(try place.duplicate()) }

  /// Looks the next name up, for a thread of the call.
  mutating func advance(_ resolver: borrowing PathResolver, _ thread: ProcessID) throws(KernelError) {
    guard let name = names.popLast(), name != Array(".".utf8) else { return }
    guard let path = FilePath(name) else { throw KernelError(.openat2, on: self.path, code: EINVAL) }
    let next = try place.open(path, [.path, .noFollow])
    guard try next.status().kind == .symbolicLink, followsLast || !names.isEmpty else {
      place = next
      return
    }
    links += 1
    if links > Self.mostLinks { throw KernelError(.openat2, on: self.path, code: ELOOP) }
    if isProcSelf(name), try place.location() == Array("/proc".utf8) {
      push(try resolver.procSelf(name, for: thread))
    } else if try next.isOnProcfs(), try isLinkByObject(path) {
      place = try place.open(path, .path)
    } else {
      let text = try next.linkText()
      if text.first == UInt8(ascii: "/") { place = try .open("/", .path) }
      push(text)
    }
  }

  private func isProcSelf(_ name: [UInt8]) -> Bool {
    name == Array("self".utf8) || name == Array("thread-self".utf8)
  }

  /// Whether a link of procfs has a text that only describes it, such as /proc/1/root: the kernel follows it by
  /// object. (Of other links it says whether there is one on their way, so they are not asked.)
  private func isLinkByObject(_ name: FilePath) throws(KernelError) -> Bool {
    do {
      _ = try place.open(name, .path, resolve: .noMagicLinks)
      return false
    } catch {
      return error.code == ELOOP
    }
  }
}
