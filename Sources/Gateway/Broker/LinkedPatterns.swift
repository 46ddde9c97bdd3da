internal import Kernel
internal import SecretPaths

/// Patterns that name a place by way of a symbolic link: `/var/run/secrets` is `/run/secrets`, and that is what the kernel
/// calls the objects in there.
enum LinkedPatterns {
  /// The pattern, and what it is called without the links in its literal beginning, if there are any now.
  ///
  /// A link into a public tree is not followed: it would deny what the policy says holds no secret.
  static func patterns(for pattern: PathPattern, besides trees: [PublicTree]) -> [PathPattern] {
    guard let resolved = resolved(pattern), resolved != pattern,
      !trees.contains(where: { resolved.couldMatch(below: $0.path) })
    else { return [pattern] }
    return [pattern, resolved]
  }

  private static func resolved(_ pattern: PathPattern) -> PathPattern? {
    let slash = UInt8(ascii: "/")
    var names = pattern.literalPrefix.split(separator: slash).map(Array.init)
    var missing: [[UInt8]] = []
    // What is there today leads the way for what may come below it.
    while !names.isEmpty {
      let path = [slash] + Array(names.joined(separator: [slash]))
      if let path = FilePath(path), let place = try? FileDescriptor.open(path, .path),
        let location = try? place.location()
      {
        let real = location.split(separator: slash).map(Array.init) + missing
        return try? pattern.replacingLiteralPrefix(with: [slash] + Array(real.joined(separator: [slash])))
      }
      missing.insert(names.removeLast(), at: 0)
    }
    return nil
  }
}
