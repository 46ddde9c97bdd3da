internal import Policy
internal import SecretPaths
internal import Yams

extension FileDecoder {
  mutating func secret(_ node: Node) -> (node: Node, entry: SecretPaths.Entry)? {
    guard node.mapping != nil else {
      fail(node, "a secret needs a path and a reason", hint: "{path: /etc/shadow*, reason: password hashes}")
      return nil
    }
    let fields = fields(node, "a secret", known: ["path", "reason"])
    guard let pathNode = fields["path"], let reasonNode = fields["reason"] else {
      fail(node, "a secret needs a path and a reason", hint: "{path: /etc/shadow*, reason: password hashes}")
      return nil
    }
    guard let pattern = pattern(pathNode, "path"), let reason = line(reasonNode, "reason") else { return nil }
    let entry = SecretPaths.Entry(
      pattern: pattern, reason: reason, location: location(of: pathNode).description)
    return (pathNode, entry)
  }
}
