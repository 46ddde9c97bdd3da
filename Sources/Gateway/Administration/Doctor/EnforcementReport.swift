/// For each promise the layers that hold it on a kernel, and which cover for those that the kernel lacks.
struct EnforcementReport: Equatable, Sendable {
  struct Line: Equatable, Sendable {
    var promise: String
    /// Layers in force, the main one first.
    var held: [String]
    /// Layers that this kernel does not have, with what would bring them.
    var lacking: [String]
  }

  /// Why no call runs on this kernel; empty when calls run.
  let obstacles: [String]
  let lines: [Line]
  private let heading: String
  private let waking: String

  init(_ facts: KernelFacts) {
    obstacles = facts.obstacles
    lines = Promise.all.map { promise in
      Line(
        promise: promise.name, held: promise.layers.filter { $0.isInForce(facts) }.map(\.name),
        lacking: promise.layers.filter { !$0.isInForce(facts) }.map { layer in
          layer.name + (layer.missing.map { " (\($0))" } ?? "")
        })
    }
    let release = facts.release.map { "Linux \($0.description)" } ?? "unknown kernel"
    heading =
      "what holds what here: \(release), "
      + (facts.landlock == 0 ? "no Landlock" : "Landlock \(facts.landlock)")
    waking =
      facts.isAtLeast(KernelFacts.firstWithFastWaking)
      ? "supervisor and command are woken on one CPU"
      : "slower than it could be: waking on one CPU needs Linux 6.6"
  }

  /// A table; or, where no call runs, why not.
  var text: String {
    guard obstacles.isEmpty else {
      return "\(heading)\n" + obstacles.map { "  no call runs: \($0)\n" }.joined()
    }
    let width = (lines.map(\.promise.utf8.count) + ["each open".utf8.count]).max() ?? 0
    func row(_ name: String, _ text: String) -> String {
      "  " + name + String(repeating: " ", count: width - name.utf8.count + 2) + text + "\n"
    }
    return "\(heading)\n"
      + lines.map { line in
        row(line.promise, line.held.first ?? "nothing")
          + line.held.dropFirst().map { row("", "and " + $0) }.joined()
          + line.lacking.map { row("", "not here: \($0); the others cover for it") }.joined()
      }.joined() + row("each open", waking)
  }
}

extension KernelFacts {
  /// What keeps every call from running on this kernel, one line each.
  fileprivate var obstacles: [String] {
    var result: [String] = []
    if landlock == 0 { result.append("there is no Landlock, and nothing covers for it") }
    if !hasNotification { result.append("seccomp cannot hand calls to a supervisor") }
    if let release, let first = Self.firstWithInjection, release < first {
      result.append("descriptors cannot be handed over in one step before Linux \(first.description)")
    }
    let absent = Namespace.allCases.filter { !namespaces.contains($0) }.map(\.rawValue)
    if !absent.isEmpty { result.append("no namespaces of kind \(absent.joined(separator: ", "))") }
    if !TracingScopeCheck.lets(tracingScope) {
      result.append("the supervisor cannot read what a command asks for: yama's ptrace_scope forbids it")
    }
    return result
  }
}
