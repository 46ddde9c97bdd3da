internal import ArgumentParser
internal import Glibc
internal import Kernel

/// The file that a page is written to: whole or not at all, for its owner's eyes, and never over something else.
struct PageFile {
  let path: String

  init(_ path: String) { self.path = path }

  /// Before the work is done: whether the page may go there.
  func check(force: Bool) throws {
    do throws(KernelError) {
      _ = try isReplacing(force: force)
    } catch {
      throw failure(error)
    }
  }

  func write(_ page: String, force: Bool) throws {
    do throws(KernelError) {
      try install(Array(page.utf8), force: force)
    } catch {
      throw failure(error)
    }
  }

  private func install(_ bytes: [UInt8], force: Bool) throws(KernelError) {
    let replaces = try isReplacing(force: force)
    let new = FilePlace.hidden(path, "new-\(FilePlace.randomDigits())")
    do throws(KernelError) {
      let file = try FileDescriptor.open(
        try FilePlace.path(new), [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
      try file.writeAll(bytes)
      try file.synchronize()
      if replaces {
        try FileChanges.rename(try FilePlace.path(new), to: try FilePlace.path(path))
      } else {
        // link(2) takes no name that somebody else took meanwhile.
        try FileChanges.addName(try FilePlace.path(path), to: try FilePlace.path(new))
        try FileChanges.remove(try FilePlace.path(new))
      }
    } catch {
      try? FileChanges.remove(try FilePlace.path(new))
      throw error
    }
  }

  /// Whether there is a file that makes room. EEXIST for one that does not.
  private func isReplacing(force: Bool) throws(KernelError) -> Bool {
    do throws(KernelError) {
      let file = try FileDescriptor.open(try FilePlace.path(path), [.readOnly, .noFollow, .nonBlocking])
      guard try file.status().kind == .regular else { throw KernelError(.openat2, on: path, code: EISDIR) }
      if force { return true }
      let start = String(decoding: try file.read(upTo: 512), as: UTF8.self)
      guard start.contains(ReportPage.mark) else { throw KernelError(.openat2, on: path, code: EEXIST) }
      return true
    } catch  where error.code == ENOENT {
      return false
    }
  }

  private func failure(_ error: KernelError) -> ExitCode {
    let reason = unsafe String(cString: strerror(error.code))
    let shown = TerminalText.oneLine(path)
    switch error.code {
    case EEXIST:
      Words.complain(
        "\(shown) is there already and is no audit report",
        hint: "name another file, or replace it with --force")
    case EISDIR, ELOOP:
      Words.complain(
        "\(shown) is no regular file", hint: "name a file, or write to standard output with --html -")
    case ENOENT: Words.complain("cannot write \(shown): there is no such directory", hint: "make it first")
    default: Words.complain("cannot write \(shown): \(reason)")
    }
    return ExitStatus.failure
  }
}
