internal import Glibc
internal import Kernel
internal import SecretPaths

/// From a request to its object, so that neither an error nor a way through tells what is in a denied directory.
extension FileOpener {
  /// Throws EACCES where the way leads through something denied, whatever comes behind it.
  mutating func resolve(
    _ request: OpenRequest, by thread: ProcessID, in shown: PublicTrees? = nil
  ) throws(KernelError) -> ResolvedObject {
    do throws(KernelError) {
      let object = try resolver.object(of: request, by: thread, in: shown)
      // What is denied itself is refused with its name, whatever the way.
      if !isDirect(request, to: object), try judge.denialOfAttributes(of: object) == nil {
        try checkWay(of: request, by: thread, in: shown)
      }
      return object
    } catch {
      // The kernel's error is right where all of the way may be known.
      if error.code != EACCES { try checkWay(of: request, by: thread, in: shown) }
      throw error
    }
  }

  /// Whether the path is the object's own, so that nothing was passed but the directories above it, or leads into a public
  /// tree from a place that nobody denies.
  private mutating func isDirect(_ request: OpenRequest, to object: borrowing ResolvedObject) -> Bool {
    let path = request.path.bytes
    if request.path.isAbsolute {
      if object.location == path { return true }
      return !Self.hasDots(path) && judge.publicTrees?.contain(object.location) == true
        && judge.reason(against: path) == nil
    }
    return !Self.hasDots(path) && !path.contains(Self.slash)
      && object.location.suffix(path.count + 1) == [Self.slash] + path
  }

  /// Judges each directory on the way, to its end or to where it breaks off.
  private mutating func checkWay(
    of request: OpenRequest, by thread: ProcessID, in shown: PublicTrees?
  ) throws(KernelError) {
    var walk = try resolver.walk(request, by: thread, in: shown)
    while let name = walk.nextName {
      let place = try walk.object()
      if try judge.denialOfAttributes(of: place) != nil { throw KernelError(.openat2, code: EACCES) }
      do throws(KernelError) {
        try walk.advance(resolver, thread)
      } catch {
        // That a denied name is not there is not told either.
        if try judge.denies(name, in: place) { throw KernelError(.openat2, code: EACCES) }
        return
      }
    }
  }

  private static let slash = UInt8(ascii: "/")

  private static func hasDots(_ path: [UInt8]) -> Bool {
    path.split(separator: slash).contains { $0.elementsEqual("..".utf8) }
  }
}
