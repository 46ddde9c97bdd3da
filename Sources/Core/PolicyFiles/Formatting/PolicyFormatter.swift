internal import Policy
internal import Yams

/// Lays out a policy file in the one way that docs/policy-editing.md describes, without changing what it means.
///
/// Only where things stand changes: indentation, blank lines, spaces in brackets, the order of a command's keys, lists that
/// are too wide for a line. Words, quotes and comments stay as they are written.
public struct PolicyFormatter: Sendable {
  /// In characters.
  public static let width = 120

  public init() {}

  /// The file's bytes in that layout; the same bytes when nothing is to be done.
  ///
  /// Before it gives them, it proves that both texts compose to the same tree up to the order of keys, that no word and no
  /// comment is lost, and that formatting once more changes nothing.
  ///
  /// - Parameter path: as messages name the file.
  /// - Throws: `Diagnostic` with the line that it does not know how to lay out, or that is no YAML.
  public func format(_ bytes: [UInt8], path: String) throws(Diagnostic) -> [UInt8] {
    let source = SourceFile(path: path, name: path, bytes: bytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(
        location: SourceLocation(file: path, line: 0, column: 0), message: "the file is not valid UTF-8")
    }
    do {
      _ = try Yams.compose(yaml: text)
      let formatted = try Self.layOut(bytes)
      if let difference = try MeaningCheck(before: bytes, after: formatted).difference() { throw difference }
      guard try Self.layOut(formatted) == formatted else {
        throw FormattingRefusal(line: 1, message: "formatting a second time would change it again")
      }
      return formatted
    } catch let refusal as FormattingRefusal {
      throw source.diagnostic(
        line: refusal.line, column: 1, message: "cannot be formatted: \(refusal.message)",
        hint: "the file was left as it is; write this line in a plainer way")
    } catch let error as YamlError {
      throw Self.diagnostic(for: error, in: source)
    } catch {
      throw source.diagnostic(line: 0, column: 0, message: "the file is not YAML", showsLine: false)
    }
  }

  static func layOut(_ bytes: [UInt8]) throws(FormattingRefusal) -> [UInt8] {
    let document = try SyntaxReader.document(bytes)
    let laidOut = CommandLayout.apply(to: Unfolding(width: width).unfold(document))
    return Array(SyntaxPrinter.text(of: laidOut).utf8)
  }

  private static func diagnostic(for error: YamlError, in source: SourceFile) -> Diagnostic {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      source.diagnostic(
        line: mark.line, column: mark.column, message: "not YAML: \(problem)",
        hint: "keyhole policy check says more")
    case .duplicatedKeysInMapping(let names, let context):
      source.diagnostic(
        line: context.mark.line, column: context.mark.column,
        message: "key `\(names.first ?? "")` stands twice in this mapping",
        hint: "merge the two, or rename one")
    default: source.diagnostic(line: 0, column: 0, message: "the file is not YAML", showsLine: false)
    }
  }
}
