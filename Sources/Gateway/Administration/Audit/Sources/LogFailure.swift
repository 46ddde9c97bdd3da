internal import ArgumentParser
internal import Glibc
internal import Kernel

/// Why a log cannot be read: said, with status 2.
enum LogFailure {
  static func cannotRead(_ name: String, _ error: KernelError) -> ExitCode {
    let reason = unsafe String(cString: strerror(error.code))
    let hint =
      switch error.code {
      case EACCES, EPERM:
        "the audit log is root's: run it as root, or give the log on standard input: … - < FILE"
      case ENOENT, ENOTDIR: "name a file, or a directory with audit.log in it, or - for standard input"
      case EISDIR: "name it as a directory, not as one of several files of a log"
      default: ""
      }
    return unusable("cannot read \(shown(name)): \(reason)", hint: hint)
  }

  static func vanishing(_ path: String) -> ExitCode {
    unusable(
      "the files beside \(path) were renamed again and again while they were opened",
      hint: "try again; is something rotating them in a loop?")
  }

  static func noProgram(_ program: String, for name: String) -> ExitCode {
    unusable(
      "\(shown(name)) is compressed, and there is no program \(program) here",
      hint: "apt-get install \(package(program))")
  }

  static func compressedStream(_ program: String, _ name: String) -> ExitCode {
    unusable(
      "\(shown(name)) is a stream that is compressed, and can be read only once",
      hint: "\(program) -dc FILE | keyhole audit … -")
  }

  static func damaged(_ name: String, program: String, _ end: ProcessEnd) -> ExitCode {
    let how =
      switch end {
      case .exited(let status): "ended with status \(status)"
      case .signaled(let number): "was ended by signal \(number)"
      }
    return unusable(
      "\(shown(name)) cannot be decompressed whole: \(program) \(how)",
      hint: "what is shown ends where the file is damaged; try \(program) -t on it")
  }

  static func shown(_ name: String) -> String { name == "-" ? "standard input" : TerminalText.oneLine(name) }

  private static func package(_ program: String) -> String { program == "xz" ? "xz-utils" : program }
}
