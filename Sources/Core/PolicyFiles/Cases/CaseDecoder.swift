internal import Policy
internal import Yams

extension FileDecoder {
  private static let fileKeys = ["as", "on", "allow", "deny", "cases"]
  private static let caseKeys = ["line", "as", "on", "expect", "because", "runs", "allow", "deny"]

  /// What holds for a case unless it says otherwise.
  private struct Setting {
    var asker = PolicyCase.Asker.everyone
    var target: String?
  }

  /// A file's cases: those below `allow` and `deny`, then those below `cases`.
  mutating func cases() -> [PolicyCase] {
    guard let root = compose() else {
      if diagnostics.isEmpty {
        diagnostics.append(
          file.diagnostic(
            line: 0, column: 0, message: "the file has no cases",
            hint: "cases: [{line: df -h, expect: allowed}]"))
      }
      return []
    }
    let fields = fields(root, "a cases file", known: Self.fileKeys)
    let setting = setting(fields, Setting())
    var cases = shortForms(fields, setting)
    if let node = fields["cases"], !isAbsent(node) {
      for item in items(node, "cases") { cases += self.cases(item, setting) }
    }
    return cases
  }

  private mutating func setting(_ fields: Fields, _ outer: Setting) -> Setting {
    var setting = outer
    if let node = fields["as"], let asker = asker(node) { setting.asker = asker }
    if let node = fields["on"] { setting.target = line(node, "on") }
    return setting
  }

  /// `web`, `agent web` or `role web`.
  private mutating func asker(_ node: Node) -> PolicyCase.Asker? {
    guard let text = line(node, "as") else { return nil }
    let words = text.split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("agent", 2): return .agent(words[1])
    case ("role", 2): return .role(words[1])
    case (_, 1): return .named(words[0])
    default:
      fail(
        node, "`as` names one agent or role", hint: "web, or, to tell them apart, `agent web` or `role web`")
      return nil
    }
  }

  private mutating func shortForms(_ fields: Fields, _ setting: Setting) -> [PolicyCase] {
    var cases: [PolicyCase] = []
    for (key, expectation) in [("allow", PolicyCase.Expectation.allowed), ("deny", .refused)] {
      guard let node = fields[key], !isAbsent(node) else { continue }
      for item in items(node, key) {
        guard let line = text(item, "each of \(key)") else { continue }
        cases.append(policyCase(line, at: item, setting, expectation))
      }
    }
    return cases
  }

  private func policyCase(
    _ line: String, at node: Node, _ setting: Setting, _ expectation: PolicyCase.Expectation
  ) -> PolicyCase {
    let place = location(of: node)
    return PolicyCase(
      line: line, asker: setting.asker, target: setting.target, expectation: expectation, location: place,
      sourceLine: file.line(place.line))
  }

  /// An item of `cases`: one line with its verdict, or a group of short forms with an asker of its own.
  private mutating func cases(_ node: Node, _ outer: Setting) -> [PolicyCase] {
    let errorsBefore = diagnostics.count
    let fields = fields(node, "a case", known: Self.caseKeys)
    let setting = setting(fields, outer)
    guard let lineNode = fields["line"] else {
      for key in ["expect", "because", "runs"] {
        guard let found = fields.values[key]?.key else { continue }
        fail(found, "`\(key)` belongs to a `line`", hint: "{line: df -h, \(key): …}")
      }
      let group = shortForms(fields, setting)
      if group.isEmpty, diagnostics.count == errorsBefore {
        fail(
          node, "the case has no `line`",
          hint: "{line: df -h, expect: allowed}, or a group with allow: and deny:")
      }
      return group
    }
    for key in ["allow", "deny"] {
      guard let found = fields.values[key]?.key else { continue }
      fail(found, "`\(key)` and `line` exclude each other", hint: "expect: allowed, or expect: refused")
    }
    guard let text = text(lineNode, "line"), let expectation = expectation(fields, node) else { return [] }
    var result = policyCase(text, at: lineNode, setting, expectation)
    result.because = fields["because"].flatMap { line($0, "because") }
    result.runs = fields["runs"].flatMap { line($0, "runs") }
    return diagnostics.count == errorsBefore ? [result] : []
  }

  private mutating func expectation(_ fields: Fields, _ node: Node) -> PolicyCase.Expectation? {
    var expected: PolicyCase.Expectation?
    if let value = fields["expect"] {
      guard let found = value.scalar.flatMap({ PolicyCase.Expectation(rawValue: $0.string) }) else {
        fail(value, "`expect` is allowed or refused")
        return nil
      }
      expected = found
    }
    // `because` speaks of a refusal, `runs` of what is allowed: each says what is expected.
    for (key, implied) in [("because", PolicyCase.Expectation.refused), ("runs", .allowed)] {
      guard let found = fields.values[key]?.key else { continue }
      if let expected, expected != implied {
        fail(found, "`\(key)` is for lines that are \(implied.rawValue)")
        return nil
      }
      expected = implied
    }
    if expected == nil {
      fail(node, "the case does not say what to expect", hint: "expect: allowed, or expect: refused")
    }
    return expected
  }
}
