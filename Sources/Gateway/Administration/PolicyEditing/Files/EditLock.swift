internal import Glibc
internal import Kernel

/// The lock on a policy directory: one editor at a time, since what is checked is the policy as a whole.
///
/// A file of its own, whose name the loader leaves out. It is removed at the end; flock(2) ends with the process, whatever
/// ends it, so that a file that was left behind locks nobody out.
final class EditLock {
  private let file: FileDescriptor
  private let path: FilePath

  enum Failure: Error {
    /// `holder` is what is known of who has it.
    case taken(holder: String)
    case impossible(KernelError)
  }

  private init(_ file: consuming FileDescriptor, at path: FilePath) {
    self.file = file
    self.path = path
  }

  static func take(on directory: String) throws(Failure) -> EditLock {
    do {
      let path = try FilePlace.path("\(directory)/.keyhole-edit.lock")
      while true {
        let file = try FileDescriptor.open(path, [.readWrite, .create, .noFollow], mode: 0o600)
        guard try file.lock() else {
          let holder = String(decoding: (try? file.readAll(limit: 200)) ?? [], as: UTF8.self)
          throw Failure.taken(holder: holder.split(separator: "\n").first.map { String($0) } ?? "")
        }
        // Whoever had it may have removed this file, and somebody else have made another, before it was locked here.
        let ours = try file.status()
        let named = try? FileDescriptor.open(path, [.path, .noFollow]).status()
        guard named?.inode == ours.inode, named?.device == ours.device else { continue }
        let holder = "process \(getpid()) since \(UTCTime.now)\n"
        try file.writeAll(Array((holder + String(repeating: " ", count: 60)).utf8))
        return EditLock(file, at: path)
      }
    } catch let failure as Failure {
      throw failure
    } catch let error as KernelError {
      throw .impossible(error)
    } catch {
      throw .impossible(KernelError(.flock, code: EIO))
    }
  }

  deinit {
    // Before it is unlocked, so that nobody locks a file that is about to go.
    try? FileChanges.remove(path)
  }
}
