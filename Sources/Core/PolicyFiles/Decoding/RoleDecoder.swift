internal import Policy
internal import Yams

extension FileDecoder {
  mutating func role(named name: String, key: Node, _ node: Node) -> DecodedFile.RoleEntry? {
    checkName(name, key, "role")
    let fields = fields(node, "role \(name)", known: ["about", "commands", "variables"])
    let about = fields["about"].flatMap { line($0, "about") } ?? ""
    guard let commandsNode = fields["commands"] else {
      fail(key, "role \(name) has no `commands`", hint: "commands: all, or a list of names")
      return nil
    }
    var role = Role(name: name, about: about, commands: .all, location: location(of: key))
    let variables = variables(fields["variables"])
    role.variables = Dictionary(variables.map { ($0.name, $0.variable) }) { first, _ in first }
    if commandsNode.scalar?.string == "all" {
      return DecodedFile.RoleEntry(role: role, commands: [], variables: variables)
    }
    guard commandsNode.sequence != nil else {
      fail(commandsNode, "`commands` must be `all` or a list of names")
      return nil
    }
    let names = lines(commandsNode, "commands")
    warnOfRepetition(names, "commands")
    for (item, text) in names {
      if let name = variableName(text, at: item) { noteUse(name, .commands, at: item, text) }
    }
    role.commands = .only(Set(names.map(\.text)))
    return DecodedFile.RoleEntry(role: role, commands: names, variables: variables)
  }

  mutating func checkName(_ name: String, _ node: Node, _ kind: String) {
    let isSound =
      (1...64).contains(name.utf8.count)
      && ByteSet.word.union(ByteSet("-.")).holdsAll(of: name.utf8)
    if !isSound {
      fail(
        node,
        "a name of \(kind == "agent" ? "an agent" : "a role") has letters, digits and - _ . only, up to 64")
    }
  }
}
