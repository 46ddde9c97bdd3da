internal import Kernel

/// What an ``AttributeRequest`` returns, and what it puts into the caller's memory before.
struct AttributeAnswer: Equatable {
  var value: CInt
  var bytes: [UInt8]

  /// Asks the kernel about the very object; with `asEffective`, access checks count what this process has raised.
  init(
    _ wanted: AttributeRequest.Wanted, of object: borrowing FileDescriptor, asEffective: Bool = false
  ) throws(KernelError) {
    switch wanted {
    case .status: self.init(filling: try object.statBytes())
    case .extendedStatus(let synchronisation, let mask):
      self.init(filling: try object.statxBytes(synchronisation: synchronisation, mask: mask))
    case .access(let mode, let effective):
      try object.checkAccess(mode, effective: effective || asEffective)
      self.init(filling: [])
    case .linkText(let room): self.init(counting: try object.linkText().prefix(room), room)
    case .fileSystem: self.init(filling: try object.statfsBytes())
    case .attribute(let name, let room):
      self.init(counting: try object.extendedAttribute(name, upTo: Self.limit(room))[...], room)
    case .attributeNames(let room):
      self.init(counting: try object.extendedAttributes(upTo: Self.limit(room))[...], room)
    }
  }

  private init(filling bytes: [UInt8]) {
    value = 0
    self.bytes = bytes
  }

  /// Without room, the call only asks how much there is.
  init(counting bytes: ArraySlice<UInt8>, _ room: Int) {
    value = CInt(bytes.count)
    self.bytes = room == 0 ? [] : Array(bytes)
  }

  private static func limit(_ room: Int) -> Int { room == 0 ? AttributeRequest.mostRoom : room }
}
