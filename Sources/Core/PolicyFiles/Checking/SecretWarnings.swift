internal import Policy
internal import SecretPaths

extension PolicyMerge {
  /// Secrets that stand twice or that another entry covers, and needs that a secret takes away. All of it is safe,
  /// and none of it does what its author may think.
  mutating func warnOfShadows() {
    let secrets = decoded.flatMap { file, parts in
      parts.secrets.map { (file: file, node: $0.node, entry: $0.entry) }
    }
    let patterns = secrets.map(\.entry.pattern)
    let cover = PatternCover(patterns)
    for (index, secret) in secrets.enumerated() {
      guard let other = cover.first(covering: secret.entry.pattern, otherThan: index) else { continue }
      let entry = secrets[other].entry
      // Of two that cover each other the later one is named. And the first that covers a file gives the reason that
      // is shown, so that a narrow entry before a wide one with another reason has its use.
      if other > index, cover.covers(entry.pattern, by: index) || entry.reason != secret.entry.reason {
        continue
      }
      var decoder = FileDecoder(file: secret.file)
      decoder.warn(
        secret.node,
        entry.pattern == secret.entry.pattern
          ? "secret \(entry.pattern) stands twice"
          : "secret \(secret.entry.pattern) lies wholly below secret \(entry.pattern)",
        hint: "drop it; the other stands at \(entry.location)")
      diagnostics += decoder.diagnostics
    }
    let denied = SecretPaths(secrets.map(\.entry))
    for (file, parts) in decoded {
      var decoder = FileDecoder(file: file)
      for command in parts.commands {
        for (node, pattern) in command.needs.read {
          guard let index = cover.first(covering: pattern) else { continue }
          decoder.warn(
            node, "`\(pattern)` is never read: it lies wholly below secret \(patterns[index])",
            hint: "a secret stays secret; drop it, or narrow the entry at \(secrets[index].entry.location)")
        }
        for (node, path) in command.needs.sockets {
          guard let entry = denied.denial(of: path) else { continue }
          decoder.warn(
            node, "socket \(path) is never connected to: it is secret (\(entry.reason))",
            hint: "drop it, or narrow the entry at \(entry.location)")
        }
      }
      diagnostics += decoder.diagnostics
    }
  }
}
