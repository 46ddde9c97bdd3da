internal import CommandGrammar
internal import SecretPaths

// A stage that reads public trees only runs where only they are shown, so that its opens need no check. What decides
// is the text of its words. A name that leads out of the trees over a link, and one that a free text such as a
// pattern smuggles past the types, is not shown there either: the worst that happens is an open that fails.

extension CommandRule {
  /// Whether nothing that the command opens or needs, whatever its operands, lies outside of `trees`.
  ///
  /// Patterns to read are no hindrance while they can match in none of the trees: a stage that stays in these has no
  /// use for them.
  func canReadOnly(_ trees: [PublicTree]) -> Bool {
    guard case .operands = reads, !trees.isEmpty else { return false }
    var others = needs
    others.read = []
    guard others == Needs() else { return false }
    for text in needs.read {
      do throws(PathPatternError) {
        let pattern = try PathPattern(text)
        let beginning = pattern.literalPrefix
        let couldMatch = trees.contains { tree in
          // What a pattern matches lies below its beginning.
          (LexicalPath.isBelow(beginning, tree.path) || LexicalPath.isBelow(tree.path, beginning))
            && pattern.couldMatch(below: tree.path)
        }
        if couldMatch { return false }
      } catch {
        return false
      }
    }
    return true
  }
}

extension Judge {
  /// All public trees if the rule promises to read its operands only, every file that the words name lies in one of them and at least one operand does; otherwise
  /// none. After a `cd` there are none: the directory might not be shown.
  func publicTrees(for rule: CommandRule, _ match: CommandRule.Match) -> [PublicTree] {
    guard !hasMoved, !match.operandFiles.isEmpty, policy.commandsForPublicTrees.contains(rule.name),
      case .operands(let unless) = rule.reads, !match.options.contains(where: unless.contains),
      match.files.allSatisfy(liesInPublicTree)
    else { return [] }
    return policy.publicTrees
  }

  /// Whether the word is an absolute name in a public tree, or has wildcards only below a directory that is. A name
  /// with `..` is not: over a link it means another place than its text says.
  private func liesInPublicTree(_ word: Word) -> Bool {
    let slash = UInt8(ascii: "/")
    let parts = word.unquoted.utf8.split(separator: slash)
    guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else { return false }
    var path = Array(word.literalPrefix.utf8)
    guard path.first == slash else { return false }
    if word.text == nil, let end = path.lastIndex(of: slash) { path.removeSubrange((end + 1)...) }
    let place = LexicalPath.normalized(path)
    return policy.publicTrees.contains { $0.contains(place) }
  }
}
