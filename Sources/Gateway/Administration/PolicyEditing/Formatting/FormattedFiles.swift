internal import Glibc
internal import Kernel
internal import Policy
internal import PolicyFiles

/// The files that `keyhole policy format` looks at and writes.
enum FormattedFiles {
  /// Why a file was left alone.
  struct Problem: Error {
    /// With hint, for standard error.
    var text: String

    init(_ error: KernelError) { text = "keyhole: \(error)\n" }
    init(_ diagnostic: Diagnostic) { text = diagnostic.description }
    init(_ text: String) { self.text = "keyhole: \(text)\n" }
  }

  private static let largestFile = 1 << 20

  /// The file itself, or all policy files below a directory, sorted.
  static func below(_ path: String) throws(KernelError) -> [String] {
    guard try FileDescriptor.open(try FilePlace.path(path), [.path]).status().kind == .directory else {
      return [path]
    }
    let directory = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    return try PolicySnapshot(of: path).policyFiles.map { "\(directory)/\($0)" }
  }

  static func read(_ path: String) throws(Problem) -> [UInt8] {
    do throws(KernelError) {
      guard let bytes = try FilePlace.read(path, limit: largestFile) else {
        throw KernelError(.openat2, on: path, code: ENOENT)
      }
      return bytes
    } catch {
      throw Problem(error)
    }
  }

  static func standardInput() throws(Problem) -> [UInt8] {
    let input = FileDescriptor(owning: STDIN_FILENO)
    let bytes: [UInt8]
    do throws(KernelError) {
      bytes = try input.readAll(limit: largestFile)
    } catch {
      _ = input.release()
      throw Problem(error)
    }
    _ = input.release()
    guard bytes.count <= largestFile else { throw Problem("standard input is larger than 1 MiB") }
    return bytes
  }

  static func format(_ bytes: [UInt8], path: String) throws(Problem) -> [UInt8] {
    do throws(Diagnostic) {
      return try PolicyFormatter().format(bytes, path: path)
    } catch {
      throw Problem(error)
    }
  }

  /// What the file is to become; nil when it is in order.
  static func change(of path: String) throws(Problem) -> [UInt8]? {
    let old = try read(path)
    let new = try format(old, path: path)
    return new == old ? nil : new
  }

  static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
    do throws(KernelError) {
      Words.warn(of: try FileReplacement.install(bytes, at: path, keepingPrevious: false), path)
    } catch {
      throw Problem("\(path) was left as it is: \(error)")
    }
  }
}
