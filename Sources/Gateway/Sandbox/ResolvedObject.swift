internal import Kernel

/// What a path led to, held without being opened, and what the kernel said of it then: all that is judged afterwards.
struct ResolvedObject: ~Copyable {
  /// O_PATH.
  let descriptor: FileDescriptor
  let status: FileStatus
  /// Where it is, in this process's mount namespace; `pipe:[7]` and the like for what has no place.
  let location: [UInt8]

  init(_ descriptor: consuming FileDescriptor) throws(KernelError) {
    let location = try descriptor.location()
    let status = try descriptor.status()
    self.init(descriptor: descriptor, status: status, location: location)
  }

  init(descriptor: consuming FileDescriptor, status: FileStatus, location: [UInt8]) {
    self.descriptor = descriptor
    self.status = status
    self.location = location
  }

  /// Whether it is that directory, or below it.
  func isBelow(_ directory: [UInt8]) -> Bool {
    location.starts(with: directory)
      && (location.count == directory.count || location[directory.count] == UInt8(ascii: "/"))
  }
}
