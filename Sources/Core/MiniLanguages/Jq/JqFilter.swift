/// A filter for jq 1.6 and later that computes from its input alone: it sees no environment and names no file.
///
/// The filter is read with jq's own grammar and precedences into a tree; `description` prints the tree on one line, with
/// parentheses wherever one operator stands in another. Parsing `description` gives an equal filter, and it never begins with
/// `-`, so that no jq takes it for an option. See jq(1) and the jq manual.
public struct JqFilter: Equatable, Sendable, CustomStringConvertible {
  /// The longest filter, in bytes, as written and as printed.
  public static let longest = 3_000
  /// How deep parentheses, brackets, prefixes and definitions may nest, as written and as printed.
  public static let deepest = 100

  let expression: JqExpression

  init(_ expression: JqExpression) { self.expression = expression }

  /// - Throws: `ProgramRefusal` for what is not a filter, for functions that read the environment or modules, for functions
  ///   that are neither jq's nor defined in the filter, and beyond the limits.
  public init(parsing text: String) throws(ProgramRefusal) {
    var parser = try JqParser(text)
    expression = try parser.filter()
    let canonical = description
    guard canonical.utf8.count <= Self.longest else { throw JqParser.tooLong }
    // Printing adds parentheses, which count as nesting too.
    var again = try JqParser(canonical)
    guard try again.filter() == expression else {
      throw ProgramRefusal(
        offset: 0, reason: "this filter cannot be written unambiguously",
        hint: "put parentheses around its parts")
    }
  }

  /// The canonical filter.
  public var description: String {
    var printer = JqPrinter()
    printer.printWhole(expression)
    return printer.output.hasPrefix("-") ? "(\(printer.output))" : printer.output
  }
}
