extension OptionTable {
  /// The refusal of an option that is not in the table.
  func unknown(_ name: String) -> UsageRefusal {
    // du, find, sort, wc and others: messages about names that do not exist would print what the file holds.
    if name.hasPrefix("--files0") || name.hasPrefix("--files-from") || name == "-files0-from" {
      return UsageRefusal(
        "option \(shown(name)) is not allowed: messages would print what the list holds",
        hint: "name the files as operands", word: name)
    }
    let full = names(abbreviatedBy: name)
    if !full.isEmpty {
      return UsageRefusal(
        "\(shown(name)) is an abbreviation", hint: "write " + full.prefix(4).joined(separator: " or "),
        word: name)
    }
    let near = name.utf8.count > 2 ? nearest(to: name, among: names) : []
    let hint =
      if !near.isEmpty {
        "did you mean " + near.joined(separator: " or ") + "?"
      } else if rules.isEmpty {
        "no options are allowed here"
      } else {
        "allowed: " + rules.prefix(24).map { $0.names[0] }.joined(separator: " ")
          + (rules.count > 24 ? " …" : "")
      }
    return UsageRefusal("option \(shown(name)) is not allowed", hint: hint, word: name)
  }
}
