/// A parsed command line: pipelines joined by `;`, `&&` or `||`, all for one target.
///
/// The tree is what is judged and what is executed; no shell sees the text again.
/// `CommandLine(parsing: line.description)` gives the same tree.
public struct CommandLine: Equatable, Sendable {
  /// The names after `@` in a leading `@web-02` or `@a,b` word, unparsed; nil means this host.
  public var target: String?
  public var steps: [Step]

  public init(target: String? = nil, steps: [Step]) {
    self.target = target
    self.steps = steps
  }
}

/// One pipeline of a line, and the condition under which it runs.
public struct Step: Equatable, Sendable {
  public enum Condition: Equatable, Sendable {
    /// First pipeline of the line, or after `;`.
    case always
    /// After `&&`: the last pipeline that ran exited with 0.
    case afterSuccess
    /// After `||`: the last pipeline that ran exited with another status.
    case afterFailure
  }

  public var condition: Condition
  /// The stages joined by `|`, at least one.
  public var stages: [Stage]

  public init(condition: Condition, stages: [Stage]) {
    self.condition = condition
    self.stages = stages
  }
}

/// One command of a pipeline: its words, at least one, and its redirections in the order written.
public struct Stage: Equatable, Sendable {
  public var words: [Word]
  public var redirections: [Redirection]

  public init(words: [Word], redirections: [Redirection] = []) {
    self.words = words
    self.redirections = redirections
  }
}

/// The redirections that can harm nothing. They apply from left to right, as in a shell.
public enum Redirection: String, Equatable, Sendable, CaseIterable {
  case errorToOutput = "2>&1"
  case errorToNull = "2>/dev/null"
  case outputToNull = ">/dev/null"
  case inputFromNull = "</dev/null"
  case bothToNull = "&>/dev/null"
}

/// A word after quote removal: literal text, with the unquoted wildcards kept apart.
public struct Word: Equatable, Sendable {
  public enum Segment: Equatable, Sendable {
    case literal(String)
    /// `*`
    case anyString
    /// `?`
    case anyCharacter
    /// `[…]`: the text between the brackets, including a leading `!` or `^`. What was quoted, and a
    /// `[` that begins no `[:name:]`, has a backslash before it.
    case bracket(String)
  }

  /// Neighbouring literals are merged; an empty word (`''`) has one empty literal.
  public var segments: [Segment]
  /// Byte offset of the word in the line; not part of equality.
  public var offset: Int

  public init(segments: [Segment], offset: Int = 0) {
    self.segments = segments
    self.offset = offset
  }

  public init(_ text: String, offset: Int = 0) {
    self.init(segments: [.literal(text)], offset: offset)
  }

  /// The word's text when it has no wildcard, nil otherwise.
  public var text: String? {
    guard segments.count == 1, case .literal(let text) = segments[0] else { return nil }
    return text
  }

  public static func == (left: Word, right: Word) -> Bool { left.segments == right.segments }
}
