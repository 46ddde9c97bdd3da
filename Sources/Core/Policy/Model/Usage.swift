/// What may follow a command's name, or its verb.
public struct Usage: Equatable, Sendable {
  public let options: OptionTable
  /// Indices of options of which each must be given.
  public let required: [Int]
  /// Options that must be given by whoever the variable bounds.
  public let requiredWhen: [Requirement]
  /// Groups of indices of options of which at most one may be given.
  public let exclusive: [[Int]]
  public let operands: OperandPattern
  /// For each operand item the indices of the options with which it falls away.
  let unless: [[Int]]
  /// For each operand item the indices of the options of which it needs one; nil when it needs none.
  let with: [[Int]?]
  /// The variables that bound a type of this usage or make an option required.
  package let variables: Set<String>

  public struct Requirement: Equatable, Sendable {
    /// Index of the option.
    public var option: Int
    /// The variable's name without `$`.
    public var variable: String
  }

  /// `required`, `exclusive` and the `unless` and `with` of operands name options by any of their spellings; names that are not
  /// in `options` are left out, and the loader refuses them.
  public init(
    options: [OptionRule] = [], required: [String] = [],
    requiredWhen: [(option: String, variable: String)] = [], exclusive: [[String]] = [],
    operands: OperandPattern = OperandPattern()
  ) {
    let table = OptionTable(options)
    self.options = table
    self.required = required.compactMap { table.index(of: $0) }
    self.requiredWhen = requiredWhen.compactMap { option, variable in
      table.index(of: option).map { Requirement(option: $0, variable: variable) }
    }
    self.exclusive = exclusive.map { group in group.compactMap { table.index(of: $0) } }
    self.operands = operands
    unless = operands.items.map { item in item.unless.compactMap { table.index(of: $0) } }
    with = operands.items.map { item in item.with.isEmpty ? nil : item.with.compactMap { table.index(of: $0) }
    }
    let types = options.compactMap(\.type) + operands.items.map(\.type)
    variables = Set(
      types.compactMap { type in
        guard case .bounded(let bounded) = type else { return nil }
        return bounded.variable
      }
    ).union(requiredWhen.map(\.variable))
  }
}
