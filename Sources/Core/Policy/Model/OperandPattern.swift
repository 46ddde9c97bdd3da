/// Which operands a command takes: types with quantifiers, matched in order with backtracking.
public struct OperandPattern: Equatable, Sendable {
  public enum Quantity: String, Equatable, Sendable {
    case one = ""
    case optional = "?"
    case any = "*"
    case atLeastOne = "+"
  }

  public struct Item: Equatable, Sendable {
    public var type: ArgumentType
    public var quantity: Quantity
    /// Options with which the item falls away: grep takes no pattern operand after `-e`.
    public var unless: [String]

    public init(type: ArgumentType, quantity: Quantity = .one, unless: [String] = []) {
      self.type = type
      self.quantity = quantity
      self.unless = unless
    }

    /// Reads `TYPE`, a quantifier `?`, `*`, `+` or none, and `unless -e, -f` if that is there.
    public init(parsing text: String) throws(TypeSyntaxError) {
      var syntax = TypeSyntax(text)
      syntax.skipSpaces()
      type = try syntax.type()
      quantity =
        syntax.take("?") ? .optional : syntax.take("*") ? .any : syntax.take("+") ? .atLeastOne : .one
      syntax.skipSpaces()
      unless = try syntax.optionsAfterUnless()
      guard syntax.isAtEnd else {
        throw syntax.failure(
          "\(shown(syntax.rest)) after the type", hint: "a type may end in ?, * or +, then `unless -x, -y`")
      }
    }
  }

  public var items: [Item]

  public init(_ items: [Item] = []) {
    self.items = items
  }
}

extension OperandPattern.Item: CustomStringConvertible {
  public var description: String {
    type.description + quantity.rawValue + (unless.isEmpty ? "" : " unless " + unless.joined(separator: ", "))
  }
}

extension OperandPattern: CustomStringConvertible {
  public var description: String {
    items.isEmpty ? "none" : items.map(\.description).joined(separator: " ")
  }
}
