/// Why a line is not in the grammar, and where.
public struct SyntaxError: Error, Equatable, Sendable {
  public var reason: Reason
  /// Byte offset in the line of what was refused.
  public var offset: Int

  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// The cause, one line in lower case.
  public var message: String { reason.message }

  /// The form that is allowed, one line.
  public var hint: String { reason.hint }

  /// A form of the shell language that Keyhole does not have, or a line that no shell would take.
  public enum Reason: Equatable, Sendable, CaseIterable {
    // The line as a whole.
    case empty
    case tooLong
    case tooManyStages
    case tooManyWords

    // Its bytes.
    case nulByte
    case newline
    case carriageReturn
    case controlByte
    /// A character that is not seen, or changes how its neighbours are shown.
    case invisibleCharacter
    /// A character that Unicode calls equivalent to an ASCII one.
    case lookalikeCharacter
    case invalidUTF8

    // Quoting.
    case unterminatedSingleQuote
    case unterminatedDoubleQuote
    case trailingBackslash

    // Expansions.
    case variable
    case bracedVariable
    case commandSubstitution
    case arithmetic
    case dollarQuote
    case backquote
    case processSubstitution
    case brace
    case tilde

    // Control.
    case emptyCommand
    case missingCommand
    case background
    case pipeWithError
    case openParenthesis
    case closeParenthesis
    case comment
    case assignment
    case negation
    case loop
    case conditional
    case function
    case time
    case sudo
    case xargs

    // Redirections.
    case outputFile
    case appendFile
    case errorFile
    case inputFile
    case hereDocument
    case hereString
    case duplicateDescriptor
    case otherDescriptor
    case readWriteFile
    case missingFile

    // Targets.
    case invalidTarget
    case misplacedTarget
    case targetWithoutCommand
  }
}
