internal import Policy
internal import Yams

extension DecodedFile {
  /// What a variable stands for at one place.
  struct VariableEntry {
    var name: String
    var node: Node
    /// Nil for `any`.
    var items: [(node: Node, text: String)]?
    var variable: Variable
  }

  struct HostEntry {
    var pattern: String
    var node: Node
    var variables: [VariableEntry]
  }

  /// A place where a policy names a variable.
  struct VariableUse {
    enum Kind: Equatable {
      case type(BoundedType.Kind)
      /// `-u when $units`.
      case requirement
      case read, socket, commands
    }

    var name: String
    var kind: Kind
    var node: Node
    var text: String
  }
}

extension FileDecoder {
  /// `variables`, wherever it stands.
  mutating func variables(_ node: Node?) -> [DecodedFile.VariableEntry] {
    guard let node else { return [] }
    var result: [DecodedFile.VariableEntry] = []
    for (key, name, value) in entries(node, "variables") {
      guard isVariableName(name) else {
        fail(key, "a variable's name has letters, digits, - and _ and begins with a letter")
        continue
      }
      let place = location(of: key)
      if value.scalar?.string == "any" {
        let variable = Variable(name: name, value: .any, location: place)
        result.append(DecodedFile.VariableEntry(name: name, node: key, items: nil, variable: variable))
        continue
      }
      guard value.sequence != nil else {
        fail(value, "a variable is `any` or a list", hint: "\(name): [nginx, \"php*-fpm\"]")
        continue
      }
      let items = lines(value, name)
      if items.isEmpty, (value.sequence?.count ?? 0) == 0 {
        fail(value, "$\(name) lists nothing", hint: "name what is allowed, or write `any`")
        continue
      }
      warnOfRepetition(items, "$\(name)")
      let variable = Variable(name: name, value: .items(items.map(\.text)), location: place)
      result.append(DecodedFile.VariableEntry(name: name, node: key, items: items, variable: variable))
    }
    return result
  }

  mutating func host(named pattern: String, key: Node, _ node: Node) -> DecodedFile.HostEntry {
    if !ByteSet.word.union(ByteSet("-.*?")).holdsAll(of: pattern.utf8) {
      fail(key, "a host's name has letters, digits, - . _ and the wildcards * and ?")
    }
    let fields = fields(node, "host \(pattern)", known: ["variables"])
    return DecodedFile.HostEntry(pattern: pattern, node: key, variables: variables(fields["variables"]))
  }

  /// Notes the variable of a type, if it has one.
  mutating func noteUse(_ type: ArgumentType?, at node: Node) {
    guard case .bounded(let bounded) = type else { return }
    noteUse(bounded.variable, .type(bounded.kind), at: node, bounded.description)
  }

  mutating func noteUse(_ name: String, _ kind: DecodedFile.VariableUse.Kind, at node: Node, _ text: String) {
    // What is no name has been refused already.
    guard isVariableName(name) else { return }
    variableUses.append(DecodedFile.VariableUse(name: name, kind: kind, node: node, text: text))
  }

  /// The name in `$name`; nil for any other text.
  mutating func variableName(_ text: String, at node: Node) -> String? {
    guard text.utf8.first == UInt8(ascii: "$") else { return nil }
    let name = String(text.dropFirst())
    if !isVariableName(name) { fail(node, "`\(text)` is not a variable", hint: "such as $logs") }
    return name
  }

  private func isVariableName(_ name: String) -> Bool {
    ByteSet.word.union(ByteSet("-")).holdsAll(of: name.utf8)
      && name.utf8.first.map(ByteSet.letters.contains) == true && name.utf8.count <= 64
      && name.utf8.last != UInt8(ascii: "-") && !name.contains("--")
  }

  /// The options in `required`, of which those with `when $name` must be given only where the variable has a bound.
  mutating func required(
    _ node: Node?, among rules: [OptionRule]
  ) -> (always: [String], when: [(option: String, variable: String)]) {
    guard let node else { return ([], []) }
    let known = rules.flatMap(\.names)
    var always: [String] = []
    var when: [(option: String, variable: String)] = []
    for (item, text) in lines(node, "required") {
      let words = text.split(separator: " ").map(String.init)
      guard let name = words.first, known.contains(name) else {
        optionIsUnknown(words.first ?? text, item, "required", known)
        continue
      }
      if words.count == 1 {
        always.append(name)
      } else if words.count == 3, words[1] == "when", let variable = variableName(words[2], at: item) {
        when.append((name, variable))
        noteUse(variable, .requirement, at: item, text)
      } else {
        fail(item, "`\(text)` is neither an option nor `OPTION when $name`", hint: "such as -u when $units")
      }
    }
    return (always, when)
  }
}
