internal import Glibc
internal import Kernel
internal import Policy

/// Which file of a policy is edited.
struct PolicyFileChoice {
  /// With the reason, for standard error.
  struct Failure: Error {
    var message: String
    var hint: String
  }

  let directory: String
  let snapshot: PolicySnapshot

  /// The name below the directory for what was given on the command line: a name below it, with or without `.yaml`, or an
  /// absolute path.
  func name(for given: String) throws(Failure) -> String {
    var name = given
    if given.hasPrefix("/") {
      let folder = directory.hasSuffix("/") ? directory : directory + "/"
      guard given.hasPrefix(folder) else {
        throw Failure(
          message: "\(given) is not below \(directory)", hint: "name another policy with --policy DIR")
      }
      name = String(given.dropFirst(folder.count))
    }
    if !name.hasSuffix(".yaml") { name += ".yaml" }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }), !name.utf8.contains(0) else {
      throw Failure(
        message: "\(given) cannot be a policy file",
        hint: "names below \(directory) that do not begin with a dot")
    }
    let parent = parts.dropLast().joined(separator: "/")
    guard snapshot.entries[parent]?.content == .directory else {
      throw Failure(
        message: "there is no directory \(directory)/\(parent)", hint: "mkdir -m 755 \(directory)/\(parent)")
    }
    switch snapshot.entries[name]?.content {
    case .file?, nil: return name
    case .directory?, .link?:
      throw Failure(message: "\(directory)/\(name) is no regular file", hint: "policies have no links")
    }
  }

  /// Lets the administrator choose among `names`, the one changed last being the default; nil to leave it.
  func ask(among names: [String], _ question: String, in dialogue: Dialogue) throws -> String? {
    if names.count == 1 { return names[0] }
    let latest = names.max { changed($0) < changed($1) }
    dialogue.say(
      names.enumerated().map { index, name in
        let number = String(index + 1)
        let mark = name == latest ? "  (changed last)" : ""
        return String(repeating: " ", count: max(0, 4 - number.count)) + "\(number)  \(name)\(mark)\n"
      }.joined())
    while true {
      guard
        let answer = try dialogue.answer(
          to: "\(question) a number or a name, return for \(latest ?? ""), q to leave: ")
      else { throw EditEnd.inputEnded }
      if answer == "q" { return nil }
      if answer.isEmpty, let latest { return latest }
      if let number = Int(answer) {
        if names.indices.contains(number - 1) { return names[number - 1] }
      } else if let name = try? name(for: answer), names.contains(name) {
        return name
      }
      dialogue.say("there is no file \(answer)\n")
    }
  }

  /// When the file got its name or content, in nanoseconds.
  private func changed(_ name: String) -> Int64 {
    guard let path = try? FilePlace.path("\(directory)/\(name)"),
      let status = try? FileDescriptor.open(path, [.path, .noFollow]).status()
    else { return 0 }
    return status.changed
  }
}
