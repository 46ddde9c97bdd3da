/// What may follow a command's name, or its verb.
public struct Usage: Equatable, Sendable {
  public let options: OptionTable
  /// Indices of options of which each must be given.
  public let required: [Int]
  /// Groups of indices of options of which at most one may be given.
  public let exclusive: [[Int]]
  public let operands: OperandPattern
  /// For each operand item the indices of the options with which it falls away.
  let unless: [[Int]]
  /// For each operand item the indices of the options of which it needs one; nil when it needs none.
  let with: [[Int]?]

  /// `required`, `exclusive` and the `unless` and `with` of operands name options by any of their spellings; names that are not
  /// in `options` are left out, and the loader refuses them.
  public init(
    options: [OptionRule] = [], required: [String] = [], exclusive: [[String]] = [],
    operands: OperandPattern = OperandPattern()
  ) {
    let table = OptionTable(options)
    self.options = table
    self.required = required.compactMap { table.index(of: $0) }
    self.exclusive = exclusive.map { group in group.compactMap { table.index(of: $0) } }
    self.operands = operands
    unless = operands.items.map { item in item.unless.compactMap { table.index(of: $0) } }
    with = operands.items.map { item in item.with.isEmpty ? nil : item.with.compactMap { table.index(of: $0) }
    }
  }
}
