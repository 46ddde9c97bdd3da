internal import Glibc
internal import Kernel
internal import SecretPaths

/// Attributes are judged like contents, by the object. A denied object is refused without a word: a listing of its
/// directory asks for all of its entries.
extension FileOpener {
  /// Throws with the error number that the command gets.
  mutating func attributes(
    _ request: AttributeRequest, by thread: ProcessID, grants: [PathPattern]
  ) throws(KernelError) -> AttributeAnswer {
    guard let path = request.path else { return try attributes(ofDescriptor: request, by: thread) }
    do throws(KernelError) {
      let object = try resolve(path, by: thread)
      try checkAttributes(of: object)
      if case .linkText(let room) = request.wanted {
        // By a descriptor alone, the kernel's error would be another one.
        if object.status.kind != .symbolicLink { throw KernelError(.readlink, code: EINVAL) }
        if let text = try resolver.text(of: object, for: thread) {
          return AttributeAnswer(counting: text.prefix(room), room)
        }
      }
      return try AttributeAnswer(request.wanted, of: object.descriptor)
    } catch {
      guard error.code == EACCES || error.code == EPERM, !grants.isEmpty,
        let answer = grantedAttributes(request, path, by: thread, grants)
      else { throw error }
      return answer
    }
  }

  /// What a descriptor stands for was judged when it was handed over; a working directory was not.
  private mutating func attributes(
    ofDescriptor request: AttributeRequest, by thread: ProcessID
  ) throws(KernelError) -> AttributeAnswer {
    let descriptor = try resolver.object(of: request.descriptor, by: thread)
    guard request.descriptor == .workingDirectory else {
      return try AttributeAnswer(request.wanted, of: descriptor)
    }
    let object = try ResolvedObject(descriptor)
    try checkAttributes(of: object)
    return try AttributeAnswer(request.wanted, of: object.descriptor)
  }

  private mutating func checkAttributes(of object: borrowing ResolvedObject) throws(KernelError) {
    if try judge.denialOfAttributes(of: object) != nil { throw KernelError(.statx, code: EACCES) }
  }

  private mutating func grantedAttributes(
    _ request: AttributeRequest, _ path: OpenRequest, by thread: ProcessID, _ grants: [PathPattern]
  ) -> AttributeAnswer? {
    let privileges = privileges
    return try? privileges.reading { () throws(KernelError) -> AttributeAnswer? in
      let object = try resolve(path, by: thread)
      try checkAttributes(of: object)
      guard isGranted(object.location, grants) else { return nil }
      return try AttributeAnswer(request.wanted, of: object.descriptor, asEffective: true)
    }
  }
}
