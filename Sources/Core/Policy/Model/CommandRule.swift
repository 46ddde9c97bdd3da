/// How a command's words are read.
public enum ArgumentConvention: String, Equatable, Sendable, CaseIterable {
  /// getopt_long(3) of the GNU C library: options and operands in any order.
  case getopt
  /// The same, but the first operand ends the options (POSIX.1-2017, 12.2).
  case posix
  /// Options are exact words, a value is the next word.
  case words
  /// Start paths and an expression (find(1)).
  case find
  /// As getopt; the first operand is a verb.
  case verbsGetopt = "verbs-getopt"
  /// As words; the first word that is no option is a verb.
  case verbsWords = "verbs-words"
  /// As getopt; the first word may be letters without `-` (ps(1), BSD options).
  case bsd
  /// Words `name=value` (dd(1)).
  case assignments

  public var hasVerbs: Bool { self == .verbsGetopt || self == .verbsWords }

  /// Whether `--` goes before the operands unless the policy says otherwise.
  public var separatesByDefault: Bool {
    switch self {
    case .getopt, .posix, .verbsGetopt: true
    case .words, .find, .verbsWords, .bsd, .assignments: false
    }
  }
}

/// A line that tests the policy it stands in.
public struct Example: Equatable, Sendable {
  public var line: String
  public var location: SourceLocation

  public init(line: String, location: SourceLocation) {
    self.line = line
    self.location = location
  }
}

/// Whether a host has a command that its policy knows.
public enum Availability: Equatable, Sendable {
  case usable
  /// The executable is missing.
  case notInstalled
  /// Somebody else than root could change what would run; the text says how, such as "/opt/x is writable by others".
  case unsafe(String)
  /// The policy takes it away from this host, at this place.
  case disabled(SourceLocation)
}

/// A command that the policy knows, and the uses of it that are allowed.
public struct CommandRule: Equatable, Sendable {
  public static let standardMaximumOperands = 256
  /// What every command's environment holds unless its rule says otherwise.
  public static let standardEnvironment = ["LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]

  public var name: String
  /// Absolute path.
  public var executable: String
  /// One line for `help`.
  public var about: String
  public var location: SourceLocation
  public var convention: ArgumentConvention
  /// Whether `--` goes before the operands.
  public var separator: Bool
  /// Arguments that are always there, right after `argv[0]`.
  public var fixed: [String]
  /// `NAME=value`, sorted by name.
  public var environment: [String]
  public var usage: Usage
  /// Nil unless the convention has verbs.
  public var verbs: VerbTable?
  /// Whether the beginning of a verb, or of a word that an operand may be, stands for the whole.
  public var abbreviates: Bool
  public var maximumOperands: Int
  public var reads: FilesRead
  public var needs: Needs
  public var limits: Limits
  /// What to say when an option or verb that is not allowed is used.
  public var hints: [String: String]
  public var allow: [Example]
  public var deny: [Example]
  /// Whether this host has the command.
  public var availability: Availability

  public init(
    name: String, executable: String, about: String, location: SourceLocation,
    convention: ArgumentConvention = .getopt, separator: Bool? = nil, fixed: [String] = [],
    environment: [String: String] = [:], usage: Usage = Usage(), verbs: VerbTable? = nil,
    abbreviates: Bool = false, maximumOperands: Int = CommandRule.standardMaximumOperands,
    reads: FilesRead = .anything,
    needs: Needs = Needs(), limits: Limits = Limits(), hints: [String: String] = [:], allow: [Example] = [],
    deny: [Example] = [],
    availability: Availability = .usable
  ) {
    self.name = name
    self.executable = executable
    self.about = about
    self.location = location
    self.convention = convention
    self.separator = separator ?? convention.separatesByDefault
    self.fixed = fixed
    self.environment = Self.standardEnvironment.merging(environment) { _, own in own }
      .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    self.usage = usage
    self.verbs = verbs
    self.abbreviates = abbreviates
    self.maximumOperands = maximumOperands
    self.reads = reads
    self.needs = needs
    self.limits = limits
    self.hints = hints
    self.allow = allow
    self.deny = deny
    self.availability = availability
  }
}
