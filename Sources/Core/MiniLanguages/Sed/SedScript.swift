/// A script for GNU sed 4.9 that only edits the stream: it writes no file, reads none but the operands, and starts nothing.
///
/// The script is read as sed(1) reads one `-e` piece, into a tree; `description` prints the tree with one command a
/// line and a delimiter that occurs in no expression, so nothing in it can be read in two ways. Parsing
/// `description` gives an equal script. See the GNU sed manual, "sed scripts" and "Reporting Bugs" (delimiters, `0,/re/`).
public struct SedScript: Equatable, Sendable, CustomStringConvertible {
  /// The longest script, in bytes, as written and as printed.
  public static let longest = 3_000
  /// How deep blocks may nest.
  public static let deepest = 100

  var commands: [SedCommand]

  init(commands: [SedCommand]) { self.commands = commands }

  /// - Throws: `ProgramRefusal` for what sed itself would refuse, for the commands and flags that write, read or run
  ///   something, and for what later pieces or other versions of sed could read differently.
  public init(parsing text: String) throws(ProgramRefusal) {
    var parser = try SedParser(text)
    commands = try parser.script()
    let canonical = description
    guard canonical.utf8.count <= Self.longest else { throw SedParser.tooLong }
    var again = try SedParser(canonical)
    guard try again.script() == commands else {
      throw ProgramRefusal(
        offset: 0, reason: "this script cannot be written unambiguously", hint: "write it more simply")
    }
  }

  /// The canonical script.
  public var description: String {
    var printer = SedPrinter()
    printer.print(commands)
    return String(decoding: printer.output, as: UTF8.self)
  }
}
