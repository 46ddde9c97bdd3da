/// An option that a command takes: its spellings and what may follow them.
public struct OptionRule: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    case flag
    case required(ArgumentType)
    /// The value, if there is one, is attached: `-bX`, `--boot=X`.
    case optional(ArgumentType)
  }

  /// The spelling under which a policy lists options such as `-20`.
  public static let numeric = "-NUM"

  /// All spellings, `-n` and `--lines`, in the order of the policy file.
  public var names: [String]
  public var value: Value
  /// Whether a second use is allowed.
  public var isRepeatable: Bool

  public init(names: [String], value: Value, isRepeatable: Bool = false) {
    self.names = names
    self.value = value
    self.isRepeatable = isRepeatable
  }

  /// Reads `flag`, `TYPE` or `optional TYPE`, each with `, repeated` or without.
  public init(names: [String], parsing text: String) throws(TypeSyntaxError) {
    var syntax = TypeSyntax(text)
    syntax.skipSpaces()
    if syntax.take("flag") {
      value = .flag
    } else if syntax.take("optional") {
      syntax.skipSpaces()
      value = .optional(try syntax.type())
    } else {
      value = .required(try syntax.type())
    }
    isRepeatable = false
    syntax.skipSpaces()
    if syntax.take(",") {
      syntax.skipSpaces()
      guard syntax.take("repeated") else {
        throw syntax.failure("only `repeated` can follow the comma", hint: "such as `unit, repeated`")
      }
      isRepeatable = true
      syntax.skipSpaces()
    }
    guard syntax.isAtEnd else { throw syntax.failure("\(shown(syntax.rest)) after the type") }
    self.names = names
  }

  /// The type of the value, nil for a flag.
  public var type: ArgumentType? {
    switch value {
    case .flag: nil
    case .required(let type), .optional(let type): type
    }
  }
}

extension OptionRule: CustomStringConvertible {
  /// The option as `help` shows it: `-n, --lines: count 0..5000`.
  public var description: String {
    let text =
      switch value {
      case .flag: "flag"
      case .required(let type): type.description
      case .optional(let type): "optional \(type)"
      }
    return names.joined(separator: ", ") + ": " + text + (isRepeatable ? ", repeated" : "")
  }
}
