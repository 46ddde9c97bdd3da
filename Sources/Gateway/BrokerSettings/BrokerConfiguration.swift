internal import Foundation
internal import Yams

/// What an administrator sets in broker.yaml. docs/operations.md describes each key.
public struct BrokerConfiguration: Equatable, Sendable {
  public enum Audit: String, Equatable, Sendable, CaseIterable {
    /// Nothing runs unrecorded.
    case required
    /// For hosts without audit: commands run and leave no trace.
    case off
  }

  /// The policy's directory.
  public var policy = "/etc/keyhole/policy"
  /// Where fronts connect, unless the service manager passes a socket.
  public var socket = "/run/keyhole/broker.sock"
  /// Where the embedded server's connections reach the broker; nil for the name `sessions.sock` beside `socket`.
  public var sessions: String?
  /// Where an administrator reaches the running broker; nil for the name `control` beside `socket`.
  public var control: String?
  /// The keyhole-exec program.
  public var executor = "/usr/lib/keyhole/keyhole-exec"
  /// Users whose processes may connect, by name or number.
  public var peers = ["diag"]
  public var audit = Audit.required
  /// Calls in flight at most.
  public var calls = 256
  /// The first of as many uids as there may be calls; each running call has one to itself.
  public var firstUser: UInt32 = 1_879_100_000
  /// The group of every call.
  public var group = "diag-exec"
  /// Of swift-log, such as `info` or `debug`.
  public var log = "info"

  public init() {}

  /// ``control``, or what it is without one.
  public var controlSocket: String { control ?? besideSocket("control") }

  /// ``sessions``, or what it is without one.
  public var sessionSocket: String { sessions ?? besideSocket("sessions.sock") }

  private func besideSocket(_ name: String) -> String {
    socket.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
      + name
  }
}

/// A mistake in broker.yaml, with its place.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public var file: String
  /// Counted from 1; 0 when it concerns the file as a whole.
  public var line: Int
  public var column: Int
  public var message: String
  public var hint: String

  public var description: String {
    let place = line == 0 ? file : "\(file):\(line):\(column)"
    return "\(place): \(message)" + (hint.isEmpty ? "" : "\nhint: \(hint)")
  }
}

extension BrokerConfiguration {
  /// Reads a file; keys that are absent keep their defaults, and unknown ones are errors.
  public init(file: String) throws(ConfigurationError) {
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw ConfigurationError(
        file: file, line: 0, column: 0, message: "cannot be read: \(error.localizedDescription)",
        hint: "scripts/install writes one; its keys are in docs/operations.md")
    }
    try self.init(parsing: text, file: file)
  }

  init(parsing text: String, file: String) throws(ConfigurationError) {
    self.init()
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _) {
      throw ConfigurationError(file: file, line: mark.line, column: mark.column, message: problem, hint: "")
    } catch {
      throw ConfigurationError(file: file, line: 0, column: 0, message: "\(error)", hint: "")
    }
    guard let root, root.null == nil || root.mapping != nil else { return }
    guard let mapping = root.mapping else {
      throw Self.error(
        at: root, in: file, "keys with values are expected", "such as `policy: /etc/keyhole/policy`")
    }
    for (key, value) in mapping { try set(key, value, file) }
  }

  private static let keys = [
    "policy", "socket", "sessions", "control", "exec", "peers", "audit", "calls", "first-uid", "group", "log",
  ]

  private mutating func set(_ key: Node, _ value: Node, _ file: String) throws(ConfigurationError) {
    switch key.string {
    case "policy": policy = try Self.path(value, file)
    case "socket": socket = try Self.path(value, file)
    case "sessions": sessions = try Self.path(value, file)
    case "control": control = try Self.path(value, file)
    case "exec": executor = try Self.path(value, file)
    case "peers": peers = try Self.names(value, file)
    case "group": group = try Self.text(value, file)
    case "calls": calls = try Self.number(value, 1...4096, file)
    case "first-uid": firstUser = UInt32(try Self.number(value, 1000...4_294_900_000, file))
    case "log":
      log = try Self.choice(
        value, ["trace", "debug", "info", "notice", "warning", "error", "critical"], file)
    case "audit":
      // YAML reads a bare `off` as a boolean; as text it is what was written.
      audit = Audit(rawValue: try Self.choice(value, Audit.allCases.map(\.rawValue), file)) ?? .required
    default:
      throw Self.error(at: key, in: file, "unknown key", "known are: \(Self.keys.joined(separator: ", "))")
    }
  }

  private static func error(at node: Node, in file: String, _ message: String, _ hint: String)
    -> ConfigurationError
  {
    ConfigurationError(
      file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, message: message, hint: hint)
  }

  private static func text(_ node: Node, _ file: String) throws(ConfigurationError) -> String {
    guard let scalar = node.scalar?.string, !scalar.isEmpty else {
      throw error(at: node, in: file, "one value is expected", "")
    }
    return scalar
  }

  private static func path(_ node: Node, _ file: String) throws(ConfigurationError) -> String {
    let path = try text(node, file)
    guard path.hasPrefix("/") else {
      throw error(at: node, in: file, "the path is not absolute", "begin it with /")
    }
    return path
  }

  private static func names(_ node: Node, _ file: String) throws(ConfigurationError) -> [String] {
    guard let items = node.sequence, !items.isEmpty else {
      throw error(at: node, in: file, "a list of user names is expected", "such as `peers: [diag]`")
    }
    var names: [String] = []
    for item in items { names.append(try text(item, file)) }
    return names
  }

  private static func number(
    _ node: Node, _ range: ClosedRange<Int>, _ file: String
  ) throws(ConfigurationError) -> Int {
    guard let number = Int(try text(node, file)), range.contains(number) else {
      throw error(
        at: node, in: file, "a number from \(range.lowerBound) to \(range.upperBound) is expected", "")
    }
    return number
  }

  private static func choice(
    _ node: Node, _ choices: [String], _ file: String
  ) throws(ConfigurationError) -> String {
    let word = try text(node, file)
    guard choices.contains(word) else {
      throw error(at: node, in: file, "unknown value", "one of \(choices.joined(separator: ", "))")
    }
    return word
  }
}
