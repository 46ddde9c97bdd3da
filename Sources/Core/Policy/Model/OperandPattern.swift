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
    /// Options without which the item is not there; empty when it always is.
    public var with: [String]

    public init(
      type: ArgumentType, quantity: Quantity = .one, unless: [String] = [], with: [String] = []
    ) {
      self.type = type
      self.quantity = quantity
      self.unless = unless
      self.with = with
    }

    /// Reads `TYPE`, a quantifier `?`, `*`, `+` or none, and `unless -e, -f` and `with -r, -R` if they are there.
    public init(parsing text: String) throws(TypeSyntaxError) {
      var syntax = TypeSyntax(text)
      syntax.skipSpaces()
      type = try syntax.type()
      quantity =
        syntax.take("?") ? .optional : syntax.take("*") ? .any : syntax.take("+") ? .atLeastOne : .one
      syntax.skipSpaces()
      unless = try syntax.options(after: "unless")
      with = try syntax.options(after: "with")
      guard syntax.isAtEnd else {
        throw syntax.failure(
          "\(shown(syntax.rest)) after the type",
          hint: "a type may end in ?, * or +, then `unless -x, -y` or `with -x, -y`")
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
      + (with.isEmpty ? "" : " with " + with.joined(separator: ", "))
  }
}

extension OperandPattern: CustomStringConvertible {
  public var description: String {
    items.isEmpty ? "none" : items.map(\.description).joined(separator: " ")
  }
}
