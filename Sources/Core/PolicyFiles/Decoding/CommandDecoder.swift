internal import Policy
internal import SecretPaths
internal import Yams

extension FileDecoder {
  private static let commandKeys = [
    "exec", "about", "arguments", "separator", "fixed", "environment", "options", "required", "exclusive",
    "operands", "abbreviations",
    "maximum-operands", "reads", "verbs", "default-verb", "needs", "limits", "hints", "allow", "deny",
  ]

  mutating func command(named name: String, key: Node, _ node: Node) -> DecodedFile.CommandEntry? {
    let errorsBefore = errorCount
    checkCommandName(name, key)
    guard node.mapping != nil else {
      fail(
        isAbsent(node) ? key : node, "command \(name) must be a mapping",
        hint: "with at least exec, about, allow and deny")
      return nil
    }
    let fields = fields(node, "command \(name)", known: Self.commandKeys)
    for needed in ["exec", "about", "allow", "deny"] where fields[needed] == nil {
      fail(key, "command \(name) has no `\(needed)`", hint: Self.need(of: needed))
    }
    let executable = fields["exec"].flatMap { absolutePath($0, "exec") }
    let about = fields["about"].flatMap { line($0, "about") }
    let convention = fields["arguments"].flatMap { self.convention($0) } ?? .getopt
    let usage = usage(fields, convention)
    var places = DecodedFile.NeedsPlaces()
    let needs = needs(fields["needs"], &places)
    let rule = CommandRule(
      name: name, executable: executable ?? "", about: about ?? "", location: location(of: key),
      convention: convention, separator: fields["separator"].flatMap { flag($0, "separator") },
      fixed: fixed(fields["fixed"]), environment: environment(fields["environment"]), usage: usage.usage,
      verbs: usage.verbs, abbreviates: abbreviations(fields, convention),
      maximumOperands: fields["maximum-operands"].flatMap {
        quantity($0, "maximum-operands", [("", 1)], most: 4_096)
      } ?? CommandRule.standardMaximumOperands,
      reads: fields["reads"].flatMap { filesRead($0, among: usage.usage.options) } ?? .anything,
      needs: needs, limits: limits(fields["limits"]), hints: hints(of: fields["hints"]),
      allow: examples(fields["allow"], "allow"), deny: examples(fields["deny"], "deny"))
    guard errorCount == errorsBefore else { return nil }
    checkOperandCount(rule, at: fields["maximum-operands"])
    warnOfUnseenHints(in: rule, fields["hints"])
    return DecodedFile.CommandEntry(node: key, rule: rule, executable: fields["exec"] ?? key, needs: places)
  }

  private static func need(of key: String) -> String {
    switch key {
    case "exec": "exec: /usr/bin/NAME"
    case "about": "about: what it shows, in one line"
    case "allow": "allow: [\"a line that must be allowed\"]"
    default: "deny: [\"a line that must be refused\"]"
    }
  }

  private mutating func checkCommandName(_ name: String, _ key: Node) {
    if BuiltIn(rawValue: name) != nil {
      fail(key, "`\(name)` is built in and cannot be defined")
      return
    }
    let isSound =
      (1...64).contains(name.utf8.count)
      && name.utf8.first.map(ByteSet.word.contains) == true
      && ByteSet.word.union(ByteSet("-.+")).holdsAll(of: name.utf8)
    if !isSound { fail(key, "a command's name has letters, digits and - _ . + only, up to 64") }
  }

  private mutating func convention(_ node: Node) -> ArgumentConvention? {
    guard let text = text(node, "arguments") else { return nil }
    if let convention = ArgumentConvention(rawValue: text) { return convention }
    let names = ArgumentConvention.allCases.map(\.rawValue)
    fail(
      node, "unknown convention `\(text)`",
      hint: nearest(to: text, among: names).first.map { "did you mean `\($0)`?" }
        ?? "one of " + names.joined(separator: ", "))
    return nil
  }

  private mutating func abbreviations(_ fields: Fields, _ convention: ArgumentConvention) -> Bool {
    guard let node = fields["abbreviations"], flag(node, "abbreviations") == true else { return false }
    if convention == .verbsWords { return true }
    fail(
      fields.values["abbreviations"]?.key ?? node, "`abbreviations` are for verbs-words only",
      hint: "elsewhere a word is written out")
    return false
  }

  private mutating func fixed(_ node: Node?) -> [String] {
    lines(node, "fixed").map(\.text)
  }

  private mutating func environment(_ node: Node?) -> [String: String] {
    guard let node else { return [:] }
    var result: [String: String] = [:]
    for (key, name, value) in entries(node, "environment") {
      let isName =
        ByteSet.word.holdsAll(of: name.utf8)
        && name.utf8.first.map { !ByteSet.digits.contains($0) } == true
      if !isName {
        fail(key, "`\(name)` is not a variable's name")
      } else if name.hasPrefix("LD_") || ["BASH_ENV", "ENV", "IFS", "PATH"].contains(name) {
        fail(key, "`\(name)` decides which code runs and cannot be set")
      } else if let text = text(value, "the value of \(name)") {
        result[name] = text
      }
    }
    return result
  }

  private mutating func hints(of node: Node?) -> [String: String] {
    guard let node else { return [:] }
    var result: [String: String] = [:]
    for (key, word, hint) in hints(node) where result.updateValue(hint, forKey: word) != nil {
      fail(key, "`\(word)` has two hints")
    }
    return result
  }

  private mutating func examples(_ node: Node?, _ what: String) -> [Example] {
    guard let node else { return [] }
    var lines: [String: SourceLocation] = [:]
    let examples = self.lines(node, what).map { item, line in
      let place = location(of: item)
      if let first = lines.updateValue(place, forKey: line) {
        warn(item, "this line stands twice under `\(what)`", hint: "drop it; the other stands at \(first)")
      }
      return Example(line: line, location: place)
    }
    if examples.isEmpty, node.sequence != nil {
      fail(node, "`\(what)` needs at least one example", hint: Self.need(of: what))
    }
    return examples
  }

  private mutating func needs(_ node: Node?, _ places: inout DecodedFile.NeedsPlaces) -> Needs {
    var needs = Needs()
    guard let node else { return needs }
    let fields = fields(
      node, "needs", known: ["groups", "sockets", "read", "netlink", "programs", "scratch"])
    for (item, name) in lines(fields["groups"], "groups") {
      if ArgumentType.group.accepts(name) == nil {
        needs.groups.append(name)
      } else {
        fail(item, "`\(name)` is not a group")
      }
    }
    for item in list(fields["sockets"], "sockets") {
      if let name = item.scalar.flatMap({ variableName($0.string, at: item) }) {
        noteUse(name, .socket, at: item, "$\(name)")
        needs.sockets.append("$\(name)")
        continue
      }
      guard let path = absolutePath(item, "a socket") else { continue }
      needs.sockets.append(path)
      places.sockets.append((item, path))
    }
    for item in list(fields["read"], "read") {
      if let name = item.scalar.flatMap({ variableName($0.string, at: item) }) {
        noteUse(name, .read, at: item, "$\(name)")
        needs.read.append("$\(name)")
        continue
      }
      guard let pattern = pattern(item, "a path to read") else { continue }
      if needs.read.contains(pattern.description) { warn(item, "`\(pattern)` stands twice in read") }
      needs.read.append(pattern.description)
      places.read.append((item, pattern))
    }
    for (item, name) in lines(fields["netlink"], "netlink") {
      if let family = Needs.NetlinkFamily(rawValue: name) {
        needs.netlink.append(family)
      } else {
        fail(
          item, "unknown netlink family `\(name)`",
          hint: "one of " + Needs.NetlinkFamily.allCases.map(\.rawValue).joined(separator: ", "))
      }
    }
    if let value = fields["scratch"].flatMap({ quantity($0, "scratch", Self.sizes, most: 1 << 30) }) {
      needs.scratch = value
    }
    for item in list(fields["programs"], "programs") {
      if let path = absolutePath(item, "a program") { needs.programs.append(path) }
    }
    return needs
  }

  private mutating func list(_ node: Node?, _ what: String) -> [Node] {
    guard let node else { return [] }
    return items(node, what)
  }
}
