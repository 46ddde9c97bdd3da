/// A program for awk that reads its operands, computes, and prints to standard output, and does nothing else.
///
/// The text is parsed by the grammar of awk(1p) into a tree that has no place for commands, other files, the
/// environment or names made at run time. What may run is `description`, which is printed from the tree: how mawk, gawk,
/// original-awk and busybox awk differ in reading the original text does not matter then. The program can still run for
/// long and take memory, which limits of the run must bound.
public struct AwkProgram: Equatable, Sendable, CustomStringConvertible {
  let items: [AwkItem]

  /// Reads a program of at most 3,000 bytes, as it would stand in awk's first operand.
  public init(parsing text: String) throws(ProgramRefusal) {
    do throws(AwkFailure) {
      var parser = try AwkParser(text)
      items = try parser.program()
    } catch {
      throw error.refusal
    }
    // So that what runs can be read again, by whoever wants to know what ran.
    guard AwkPrinter.text(items).utf8.count <= AwkParser.maximumLength else {
      throw ProgramRefusal(
        offset: text.utf8.count,
        reason:
          "the program is longer than \(AwkParser.maximumLength) bytes with its parentheses written out",
        hint: AwkParser.hintForTooLong)
    }
  }

  init(items: [AwkItem]) { self.items = items }

  /// The program to run, on one line. Parsed again it is the same program.
  public var description: String { AwkPrinter.text(items) }
}
