internal import MiniLanguages

/// A small language whose programs are parsed, and run as their tree prints them.
public enum ProgramLanguage: String, Equatable, Sendable, CaseIterable {
  /// A script of sed, as `-e` or its first operand takes it.
  case sedScript = "sed-script"
  /// A program of awk, as its first operand.
  case awkProgram = "awk-program"
  /// `name=value`, as `-v` of awk takes it.
  case awkAssignment = "awk-assignment"
  /// An operand of awk after its program: a file, or an assignment, which is what awk takes a word with `=` for.
  case awkOperand = "awk-operand"
  /// A filter of jq, as its first operand.
  case jqFilter = "jq-filter"
}

/// `sed-script`, `awk-program`, `awk-assignment`, `awk-operand`, `jq-filter`: a program that its parser knows to be
/// harmless. What runs is what the parser prints, so no difference between it and the tool can hide anything.
enum ProgramType {
  /// The text to run.
  static func canonical(_ value: String, language: ProgramLanguage) throws(ProgramRefusal) -> String {
    switch language {
    case .sedScript: try SedScript(parsing: value).description
    case .awkProgram: try AwkProgram(parsing: value).description
    case .awkAssignment: try AwkAssignment(parsing: value).description
    case .awkOperand:
      AwkAssignment.isAssignment(value) ? try AwkAssignment(parsing: value).description : value
    case .jqFilter: try JqFilter(parsing: value).description
    }
  }

  static func mismatch(_ value: String, language: ProgramLanguage) -> TypeMismatch? {
    if language == .awkOperand, !AwkAssignment.isAssignment(value) { return PathType.mismatch(value) }
    do throws(ProgramRefusal) {
      let text = try canonical(value, language: language)
      guard language != .awkOperand, text.utf8.first == UInt8(ascii: "-") else { return nil }
      return TypeMismatch(
        "the program \(shown(text)) begins with `-`, as an option does", hint: "put it in parentheses")
    } catch {
      return TypeMismatch("\(error.reason) (\(place(error.offset, in: value)))", hint: error.hint)
    }
  }

  /// Where in the program something is, with the text from there on.
  private static func place(_ offset: Int, in program: String) -> String {
    let rest = program.utf8.dropFirst(offset)
    guard !rest.isEmpty else { return "at the end of the program" }
    // An offset within a character would show half of it.
    let start = rest.drop { $0 & 0xC0 == 0x80 }.prefix(24)
    let text = String(decoding: start, as: UTF8.self)
    return "at byte \(offset + 1) of the program: \(shown(start.count < rest.count ? text + "…" : text))"
  }
}
