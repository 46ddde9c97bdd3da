public import Policy

/// Something wrong in a policy file, for the person who writes it.
public struct Diagnostic: Error, Equatable, Sendable {
  public enum Severity: String, Equatable, Sendable {
    case error, warning
  }

  /// Line 0 when it concerns a file or directory as a whole.
  public var location: SourceLocation
  public var severity: Severity
  /// The cause, one line in lower case.
  public var message: String
  /// What to do, one line; may be empty.
  public var hint: String
  /// The line that `location` names; nil when there is none to show, or when it holds a secret.
  public var sourceLine: String?

  public init(
    location: SourceLocation, severity: Severity = .error, message: String, hint: String = "",
    sourceLine: String? = nil
  ) {
    self.location = location
    self.severity = severity
    self.message = message
    self.hint = hint
    self.sourceLine = sourceLine
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: error: message`, then the line with a caret below the place, then `hint: …`.
  public var description: String {
    let place = location.line == 0 ? location.file : location.description
    var text = "\(place): \(severity.rawValue): \(message)\n"
    if let sourceLine {
      // Tabs stay, so that the caret stands below its place at any tab width.
      let indent = sourceLine.unicodeScalars.prefix(max(0, location.column - 1)).map {
        $0 == "\t" ? "\t" : " "
      }
      text += "  \(sourceLine)\n  \(indent.joined())^\n"
    }
    if !hint.isEmpty { text += "hint: \(hint)\n" }
    return text
  }
}

/// A policy that was not loaded, with everything that is wrong with it.
public struct PolicyFilesError: Error, Equatable, Sendable, CustomStringConvertible {
  /// By file, then by place; at least one is an error.
  public var diagnostics: [Diagnostic]

  public var description: String { diagnostics.map(\.description).joined() }
}
