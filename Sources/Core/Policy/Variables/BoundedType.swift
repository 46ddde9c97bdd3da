internal import CommandGrammar
internal import SecretPaths

/// A type of which only what a variable lists is taken: `unit in $units`, `path in $logs`, `one of $verbs`.
public struct BoundedType: Equatable, Sendable {
  public enum Kind: String, Equatable, Sendable, CaseIterable {
    case path, directory, unit, user, group, interface, host, address
    /// `one of $name`.
    case word = "one of"

    /// The type without its bound; nil for `one of`.
    var base: ArgumentType? {
      switch self {
      case .path: .path
      case .directory: .directory
      case .unit: .unit
      case .user: .user
      case .group: .group
      case .interface: .interface
      case .host: .host
      case .address: .address
      case .word: nil
      }
    }
  }

  public var kind: Kind
  /// The variable's name without `$`.
  public var variable: String

  public init(kind: Kind, variable: String) {
    self.kind = kind
    self.variable = variable
  }

  /// Why an item of the variable cannot stand for values of this kind; nil when it can.
  package static func problem(with item: String, as kind: Kind) -> TypeMismatch? {
    guard kind != .path, kind != .directory else {
      do throws(PathPatternError) {
        _ = try PathPattern(item)
        return nil
      } catch {
        return TypeMismatch(error.message, hint: error.hint)
      }
    }
    // What wildcards stand for is a matter of the value; here they stand for any letter.
    let sample = String(item.map { $0 == "*" || $0 == "?" ? "a" : $0 })
    let isAddress = kind == .address && sample != item
    return isAddress || item.isEmpty
      ? TypeMismatch("\(shown(item)) is not an address") : kind.base?.accepts(sample)
  }

  func mismatch(_ value: String, in context: MatchContext) -> TypeMismatch? {
    if let mismatch = kind.base?.accepts(value) { return mismatch }
    // Standard input is nobody's file.
    if kind == .path, value == "-" { return nil }
    return refusal(of: value, in: context) { item in
      switch kind {
      case .path, .directory: Self.covers(item, Array(value.utf8), context)
      case .unit: Self.takesUnit(item, value)
      default: item == value || !Self.isGlob(value) && TextGlob.matches(item, value)
      }
    }
  }

  /// The same for an operand with wildcards, which only files have.
  func mismatch(_ word: Word, in context: MatchContext) -> TypeMismatch? {
    var directory = Array(word.literalPrefix.utf8)
    guard let slash = directory.lastIndex(of: UInt8(ascii: "/")) else {
      return refusal(of: word.unquoted, in: context) { _ in false }
    }
    directory.removeSubrange((slash + 1)...)
    let rest = word.unquoted.utf8.split(separator: UInt8(ascii: "/"))
    let climbs = rest.contains { $0.elementsEqual("..".utf8) }
    return refusal(of: word.unquoted, in: context) { item in
      !climbs && (item == word.unquoted || Self.covers(item, directory, context))
    }
  }

  private func refusal(
    of value: String, in context: MatchContext, unless isTaken: (_ item: String) -> Bool
  ) -> TypeMismatch? {
    guard let bound = context.bounds[variable] else { return nil }
    if bound.items.contains(where: isTaken) { return nil }
    let absolute =
      kind.base == .path || kind.base == .directory
      ? value.utf8.first != UInt8(ascii: "/")
        ? "write an absolute path; " : context.hasMoved ? "make a call of its own, without `cd`; " : "" : ""
    return TypeMismatch(
      "\(shown(value)) is not in $\(variable)", hint: absolute + bound.description(of: variable))
  }

  /// Whether a pattern matches an absolute path or a directory above it. A name with `..` may mean another place than
  /// its text says.
  private static func covers(_ item: String, _ path: [UInt8], _ context: MatchContext) -> Bool {
    let slash = UInt8(ascii: "/")
    guard !context.hasMoved, path.first == slash,
      !path.split(separator: slash).contains(where: { $0.elementsEqual("..".utf8) })
    else { return false }
    do throws(PathPatternError) {
      return try PathPattern(item).covers(LexicalPath.normalized(path))
    } catch {
      return false
    }
  }

  private static let unitKinds = [
    ".service", ".socket", ".timer", ".target", ".mount", ".automount", ".swap", ".path", ".slice", ".scope",
    ".device",
  ]

  /// systemd takes a name without one of the known endings for a service (systemctl(1), PARAMETER SYNTAX).
  private static func fullUnit(_ name: String) -> String {
    unitKinds.contains(where: name.hasSuffix) ? name : name + ".service"
  }

  private static func takesUnit(_ item: String, _ value: String) -> Bool {
    let full = fullUnit(value)
    if fullUnit(item) == full { return true }
    // What another glob matches is not known here.
    return !isGlob(value) && (TextGlob.matches(item, value) || TextGlob.matches(fullUnit(item), full))
  }

  private static func isGlob(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }
}

extension BoundedType: CustomStringConvertible {
  /// As a policy file writes it.
  public var description: String {
    kind == .word ? "one of $\(variable)" : "\(kind.rawValue) in $\(variable)"
  }
}

/// Whether a text matches a glob of `*` and `?`.
package func globMatches(_ pattern: String, _ text: String) -> Bool { TextGlob.matches(pattern, text) }

/// `*` and `?` over the bytes of a word.
enum TextGlob {
  static func matches(_ pattern: String, _ text: String) -> Bool {
    let pattern = Array(pattern.utf8)
    let text = Array(text.utf8)
    var next = 0
    var position = 0
    var star = -1
    var resume = 0
    while position < text.count {
      if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
        star = next
        resume = position
        next += 1
      } else if next < pattern.count, pattern[next] == UInt8(ascii: "?") || pattern[next] == text[position] {
        next += 1
        position += 1
      } else if star >= 0 {
        resume += 1
        next = star + 1
        position = resume
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
