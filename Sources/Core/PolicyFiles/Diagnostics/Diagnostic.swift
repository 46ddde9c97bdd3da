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
      let excerpt = Excerpt(of: sourceLine, column: location.column)
      text += "  \(excerpt.text)\n  \(excerpt.indent)^\n"
    }
    if !hint.isEmpty { text += "hint: \(hint)\n" }
    return text
  }
}

/// The part of a line around a column, fit for a terminal.
private struct Excerpt {
  /// Columns shown of a longer line.
  private static let width = 160

  var text = ""
  /// As wide as what stands before the column; tabs stay, so that it is so at any tab width.
  var indent = ""

  init(of line: String, column: Int) {
    let scalars = Array(line.unicodeScalars)
    let place = min(max(0, column - 1), scalars.count)
    let start = scalars.count <= Self.width ? 0 : max(0, place - Self.width / 2)
    for (index, scalar) in scalars[start...].prefix(Self.width).enumerated() {
      let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
      text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
      if start + index < place { indent += scalar == "\t" ? "\t" : " " }
    }
  }
}

/// A policy that was not loaded, with everything that is wrong with it.
public struct PolicyFilesError: Error, Equatable, Sendable, CustomStringConvertible {
  /// By file, then by place; at least one is an error.
  public var diagnostics: [Diagnostic]

  public var description: String { diagnostics.map(\.description).joined() }
}
