public import Policy

/// A line with the verdict that a policy must give on it.
public struct PolicyCase: Equatable, Sendable {
  /// For whom the line is judged.
  public enum Asker: Equatable, Sendable {
    /// Someone to whom every command is allowed.
    case everyone
    case agent(String)
    case role(String)
    /// An agent or a role: whichever the policy has of that name.
    case named(String)
  }

  public enum Expectation: String, Equatable, Sendable {
    case allowed, refused
  }

  public var line: String
  public var asker: Asker
  /// The host that the line is for; nil for the one on which the policy is.
  public var target: String?
  public var expectation: Expectation
  /// Of a refusal: a part of its reason or hint, or the name of its rule.
  public var because: String?
  /// Of an allowed line: what runs, as `explain` prints it.
  public var runs: String?
  public var location: SourceLocation
  /// The line of the cases file at `location`.
  public var sourceLine: String?

  public init(
    line: String, asker: Asker = .everyone, target: String? = nil, expectation: Expectation,
    because: String? = nil, runs: String? = nil, location: SourceLocation, sourceLine: String? = nil
  ) {
    self.line = line
    self.asker = asker
    self.target = target
    self.expectation = expectation
    self.because = because
    self.runs = runs
    self.location = location
    self.sourceLine = sourceLine
  }
}

/// Cases files: their text, and where they are found.
public enum CaseFile {
  /// How their names end. Not `.yaml`: what ends so below a policy directory is policy.
  public static let suffix = ".cases"
  public static let largest = 4 << 20

  /// Reads a cases file; `path` is its name in messages.
  ///
  /// - Throws: `PolicyFilesError` with all that is wrong in it.
  public static func cases(in bytes: [UInt8], path: String) throws(PolicyFilesError) -> [PolicyCase] {
    var decoder = FileDecoder(file: SourceFile(path: path, name: path, bytes: bytes))
    let cases = decoder.cases()
    if !decoder.diagnostics.isEmpty { throw PolicyFilesError(diagnostics: decoder.diagnostics.inOrder) }
    return cases
  }

  /// The cases files below a policy directory, sorted. Links are not followed, and names that begin with a dot are
  /// left out.
  public static func paths(below directory: String) -> [String] {
    PolicyDirectory.paths(below: directory, suffix: suffix)
  }
}
