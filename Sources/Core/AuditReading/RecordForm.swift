internal import AuditSchema

/// How the records of one operation look, made ready for reading many.
struct RecordForm: Sendable {
  struct Place: Sendable {
    let name: AuditFieldName
    /// `name=`
    let token: [UInt8]
    let isOptional: Bool
    let isEncoded: Bool
    /// Digits only, as many as a number of 64 bits surely holds.
    let isNumber: Bool
  }

  let operation: AuditOperation
  /// The value of `op`.
  let value: [UInt8]
  let types: [(name: [UInt8], type: AuditRecordType)]
  /// Without `op`.
  let places: [Place]
  /// What a numbered record has to have, and one of a version that numbered none need not.
  let ofNumbered: [AuditFieldName]

  init(_ operation: AuditOperation) {
    self.operation = operation
    value = Array(operation.rawValue.utf8)
    types = operation.types.map { (Array($0.name.description.utf8), $0) }
    let ofNumbered: [AuditFieldName] = operation == .start ? [.boot, .after, .open, .previous] : []
    self.ofNumbered = ofNumbered
    places = operation.layout.dropFirst().map {
      Place(
        name: $0.name, token: Array("\($0.name.rawValue)=".utf8),
        isOptional: $0.isOptional || ofNumbered.contains($0.name), isEncoded: $0.name.isEncoded,
        isNumber: Self.numbers.contains($0.name))
    }
  }

  private static let numbers: Set<AuditFieldName> = [
    .status, .duration, .bytes, .refusals, .calls, .commandBytes, .nameBytes, .open, .missed, .admin,
  ]

  static let all = AuditOperation.allCases.map(RecordForm.init)
}
