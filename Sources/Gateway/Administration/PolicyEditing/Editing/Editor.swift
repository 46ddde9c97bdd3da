internal import Glibc
internal import Kernel

/// The program that the administrator edits with.
struct Editor {
  struct Failure: Error {
    var message: String
    var hint: String
  }

  /// Absolute path of the program.
  let program: String
  /// What stands behind it in EDITOR.
  let arguments: [String]

  private static let standard = ["editor", "vi", "nano"]
  private static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  private static let hint = "name one with an absolute path, such as EDITOR=/usr/bin/vi"

  /// $VISUAL, or else $EDITOR, or else the first of `editor`, `vi`, `nano` in the system's own directories.
  static func chosen() throws(Failure) -> Editor {
    for variable in ["VISUAL", "EDITOR"] {
      guard let text = Environment.text(variable), !text.isEmpty else { continue }
      let words: [String]
      do throws(EditorWords.Failure) {
        words = try EditorWords.split(text)
      } catch {
        throw Failure(message: "\(variable): \(error.message)", hint: hint)
      }
      guard let program = find(words[0], in: Environment.text("PATH") ?? standardPath) else {
        throw Failure(message: "\(variable): there is no program \(words[0])", hint: hint)
      }
      return try Editor(program: program, arguments: Array(words.dropFirst())).trusted()
    }
    for name in standard {
      if let program = find(name, in: standardPath) {
        return try Editor(program: program, arguments: []).trusted()
      }
    }
    throw Failure(
      message: "there is no editor: neither \(standard.joined(separator: ", ")) is installed", hint: hint)
  }

  /// Directories of PATH that are not absolute are left out: what they mean depends on where one stands.
  private static func find(_ name: String, in path: String) -> String? {
    if name.hasPrefix("/") { return isProgram(name) ? name : nil }
    if name.contains("/") { return nil }
    return path.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first(
      where: isProgram)
  }

  private static func isProgram(_ path: String) -> Bool {
    guard let name = try? FilePlace.path(path),
      let status = try? FileDescriptor.open(name, [.path]).status()
    else { return false }
    return status.kind == .regular && status.mode & 0o111 != 0
  }

  /// Itself, when nobody can have changed the program who could not change the policy as well.
  private func trusted() throws(Failure) -> Editor {
    let culprit: String?
    do throws(KernelError) {
      culprit = try placeThatOthersChange()
    } catch {
      throw Failure(message: "\(program): \(error)", hint: Self.hint)
    }
    guard let culprit else { return self }
    throw Failure(
      message:
        "\(culprit) may be changed by others, and would run as \(UserID.effective == .root ? "root" : "you")",
      hint: Self.hint)
  }

  /// The program, or a directory above it, that somebody else than root and this user can write.
  private func placeThatOthersChange() throws(KernelError) -> String? {
    let file = try FileDescriptor.open(try FilePlace.path(program), [.path])
    var place = String(decoding: try file.location(), as: UTF8.self)
    var status = try file.status()
    while true {
      // In a sticky directory nobody can rename another's entries.
      let isSafe = status.mode & 0o022 == 0 || status.kind == .directory && status.mode & 0o1000 != 0
      guard status.user == .root || status.user == .effective, isSafe else { return place }
      if place == "/" { return nil }
      place = FilePlace.split(place).directory
      status = try FileDescriptor.open(try FilePlace.path(place), [.path, .directory]).status()
    }
  }

  /// Starts it on a file, with this process's terminal and environment.
  func start(on file: String) throws(Failure) -> ChildProcess {
    do {
      let words = try interpreter() + [program] + arguments + [file]
      let plan = SpawnPlan(
        arguments: words.map { Array($0.utf8) }, environment: try Self.environment(),
        descriptors: [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO])
      return try ChildProcess.spawn(try FileDescriptor.open(try FilePlace.path(words[0]), [.path]), plan)
    } catch {
      throw Failure(message: "\(program) cannot be started: \(error)", hint: Self.hint)
    }
  }

  /// What `#!` names, with its one argument: a script is not started by its descriptor. execve(2)
  private func interpreter() throws -> [String] {
    let head = try FileDescriptor.open(try FilePlace.path(program), [.readOnly]).read(upTo: 256)
    guard head.starts(with: Array("#!".utf8)) else { return [] }
    let line = String(decoding: head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard let first = words.first, first.hasPrefix("/") else { return ["/bin/sh"] }
    return [first] + words.dropFirst()
  }

  /// As this process got it: NAME=value. proc_pid_environ(5)
  private static func environment() throws(KernelError) -> [[UInt8]] {
    try FileDescriptor.open("/proc/self/environ").readAll(limit: 4 << 20).split(separator: 0).map {
      Array($0)
    }
  }
}
