internal import Policy
internal import SecretPaths
internal import Yams

extension FileDecoder {
  mutating func publicTree(_ node: Node) -> PublicTree? {
    guard let text = line(node, "a public tree") else { return nil }
    do throws(PublicTreeError) {
      return try PublicTree(text)
    } catch {
      fail(node, error.message, hint: error.hint, offset: error.offset ?? 0)
      return nil
    }
  }
}

extension PolicyMerge {
  /// The public trees of all files. A tree in which a secret could lie, or that lies in another, is an error that
  /// names both places.
  mutating func publicTrees(besides secrets: [SecretPaths.Entry]) -> [PublicTree] {
    var trees: [(tree: PublicTree, place: SourceLocation)] = []
    let beginnings = secrets.map(\.pattern.literalPrefix)
    for (file, parts) in decoded {
      var decoder = FileDecoder(file: file)
      for (node, tree) in parts.publicTrees {
        if let other = trees.first(where: { $0.tree.contains(tree.path) || tree.contains($0.tree.path) }) {
          let relation =
            other.tree == tree ? "stands twice" : other.tree.contains(tree.path) ? "lies in" : "holds"
          decoder.fail(
            node,
            "public tree \(tree) \(relation)" + (other.tree == tree ? "" : " public tree \(other.tree)"),
            hint: "drop the inner one; the other stands at \(other.place)")
          continue
        }
        trees.append((tree, decoder.location(of: node)))
        let hidden = secrets.indices.filter { index in
          // What a pattern covers lies below its beginning: one that begins elsewhere needs no closer look.
          let beginning = beginnings[index]
          return (LexicalPath.isBelow(beginning, tree.path) || LexicalPath.isBelow(tree.path, beginning))
            && secrets[index].pattern.couldMatch(below: tree.path)
        }.map { secrets[$0] }
        if let secret = hidden.first {
          let more = hidden.count > 1 ? ", as do \(hidden.count - 1) more" : ""
          decoder.fail(
            node, "secret \(secret.pattern) could lie in public tree \(tree)",
            hint:
              "it stands at \(secret.location) (\(secret.reason))\(more); list only directories without it")
        }
      }
      diagnostics += decoder.diagnostics
    }
    if trees.count > PublicTree.maximumCount {
      diagnostics.append(
        diagnostic(
          at: trees[PublicTree.maximumCount].place,
          "more than \(PublicTree.maximumCount) public trees",
          hint: "list directories above them, or only those that are read often"))
    }
    return trees.map(\.tree)
  }
}
