internal import CommandGrammar
internal import MiniLanguages

/// The closed set of types that an option's value or an operand can have.
///
/// Each type has one definition, in a file of its own or with its near relatives, and states there which texts it
/// takes. Adding a type means one case here, one definition, and its row in docs/policy.md.
public enum ArgumentType: Equatable, Sendable {
  /// A file to read, or `-` for standard input. The only type, with `directory`, that takes wildcards as an operand.
  case path
  /// A directory; `-` is not one.
  case directory
  /// A systemd unit name or a pattern for such names.
  case unit
  /// A decimal number in a range; a sign is taken when the range begins below zero.
  case count(ClosedRange<Int>)
  /// A number and a unit of time: `10s`, `5m`.
  case duration
  /// A size as find and the coreutils write it: `100k`, `+10M`, `1GiB`.
  case size
  /// A point in time as journalctl and date take it.
  case time
  /// One of the listed words.
  case choice([String])
  /// Any word up to 1,024 bytes, handed on as one argument.
  case pattern
  case pid
  case user
  case group
  /// The name of a network interface.
  case interface
  /// An IPv4 or IPv6 address, or such an address with a prefix length.
  case address
  /// A host name (RFC 1123) or an address.
  case host
  /// A word that an expression matches as a whole.
  case word(AnchoredExpression)
  /// A program in a small language, of which the canonical text runs.
  case program(ProgramLanguage)
  /// What a variable lists, of another type.
  case bounded(BoundedType)

  /// Nil when `value` is of this type, otherwise why it is not. Where nothing is known of bounds, a type with one
  /// takes nothing.
  public func accepts(_ value: String) -> TypeMismatch? { accepts(value, in: MatchContext()) }

  func accepts(_ value: String, in context: MatchContext) -> TypeMismatch? {
    switch self {
    case .path: PathType.mismatch(value)
    case .directory: DirectoryType.mismatch(value)
    case .unit: UnitType.mismatch(value)
    case .count(let range): CountType.mismatch(value, range: range)
    case .duration: DurationType.mismatch(value)
    case .size: SizeType.mismatch(value)
    case .time: TimeType.mismatch(value)
    case .choice(let words): ChoiceType.mismatch(value, words: words)
    case .pattern: PatternType.mismatch(value)
    case .pid: PidType.mismatch(value)
    case .user: AccountType.mismatch(value, kind: "user")
    case .group: AccountType.mismatch(value, kind: "group")
    case .interface: InterfaceType.mismatch(value)
    case .address: AddressType.mismatch(value)
    case .host: HostType.mismatch(value)
    case .word(let expression): WordType.mismatch(value, expression: expression)
    case .program(let language): ProgramType.mismatch(value, language: language)
    case .bounded(let bounded): bounded.mismatch(value, in: context)
    }
  }

  /// As `accepts`, for a value that is a word of its own: a leading `-` is refused, whatever the type, except for
  /// `-` as a path and for numbers and sizes below zero.
  public func acceptsSeparate(_ value: String) -> TypeMismatch? {
    acceptsSeparate(value, in: MatchContext())
  }

  func acceptsSeparate(_ value: String, in context: MatchContext) -> TypeMismatch? {
    guard value.utf8.first == UInt8(ascii: "-") else { return accepts(value, in: context) }
    switch self {
    case .path, .count, .size: return accepts(value)
    case .bounded(let bounded) where bounded.kind == .path: return accepts(value, in: context)
    case .program(.awkOperand) where value == "-": return nil
    default: return TypeMismatch("\(shown(value)) begins with `-` where \(phrase) is expected")
    }
  }

  /// Whether unquoted wildcards may stand in an operand of this type.
  public var takesWildcards: Bool { namesFile }

  /// Whether values name files, so that the secret denylist applies to them.
  var namesFile: Bool {
    switch self {
    case .path, .directory, .program(.awkOperand): true
    case .bounded(let bounded): bounded.kind == .path || bounded.kind == .directory
    default: false
    }
  }

  /// Whether this word of the type names a file.
  func namesFile(_ word: Word) -> Bool {
    guard self == .program(.awkOperand) else { return namesFile }
    return word.text.map { !AwkAssignment.isAssignment($0) } ?? true
  }

  /// What runs for a value that the type takes: for a program the text that its parser prints.
  func canonical(_ value: String) -> String {
    guard case .program(let language) = self else { return value }
    do throws(ProgramRefusal) {
      return try ProgramType.canonical(value, language: language)
    } catch {
      // The type takes no such value.
      return ""
    }
  }

  /// The same for an operand.
  func canonical(_ operand: Word, in context: MatchContext) -> Word {
    if let text = operand.text, let full = context.fullWord(for: text, self) {
      return Word(full, offset: operand.offset)
    }
    guard case .program(let language) = self else { return operand }
    if let text = operand.text { return Word(canonical(text), offset: operand.offset) }
    // A file called `a=b` must not become an assignment when the wildcards are expanded.
    guard language == .awkOperand, operand.literalPrefix.utf8.first != UInt8(ascii: "/") else {
      return operand
    }
    return Word(segments: [.literal("./")] + operand.segments, offset: operand.offset)
  }
}

extension ArgumentType: CustomStringConvertible {
  /// The type as a policy file writes it: `count 0..5000`.
  public var description: String {
    switch self {
    case .path: "path"
    case .directory: "directory"
    case .unit: "unit"
    case .count(let range): "count \(range.lowerBound)..\(range.upperBound)"
    case .duration: "duration"
    case .size: "size"
    case .time: "time"
    case .choice(let words): "one of [" + words.joined(separator: ", ") + "]"
    case .pattern: "pattern"
    case .pid: "pid"
    case .user: "user"
    case .group: "group"
    case .interface: "interface"
    case .address: "address"
    case .host: "host"
    case .word(let expression): "word /\(expression.source)/"
    case .program(let language): language.rawValue
    case .bounded(let bounded): bounded.description
    }
  }

  /// The type in a sentence: "a path", "one of [a, b]".
  var phrase: String {
    switch self {
    case .choice: description
    case .bounded(let bounded) where bounded.kind == .word: description
    case .bounded(let bounded) where bounded.kind == .address || bounded.kind == .interface:
      "an \(description)"
    case .address, .interface, .program(.awkProgram), .program(.awkAssignment), .program(.awkOperand):
      "an \(description)"
    default: "a \(description)"
    }
  }
}
