import Glibc
import Policy
import PolicyFiles
import Testing

/// A policy directory of its own that is removed with the value.
final class TemporaryPolicy {
  let path: String

  init(_ files: [String: String]) throws {
    var template = Array("/tmp/keyhole-policy-XXXXXX".utf8CString)
    // mkdtemp(3) replaces the X in place and keeps the length.
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
    }
    try #require(made)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for (name, text) in files { try write(name, text) }
  }

  func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
    if let slash = name.lastIndex(of: "/") { _ = unsafe mkdir(path + "/" + name[..<slash], 0o755) }
    let descriptor = unsafe open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, mode)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    // The whole of `bytes` is initialised.
    #expect(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    #expect(fchmod(descriptor, mode) == 0)
  }

  func load() throws(PolicyFilesError) -> LoadedPolicy {
    try PolicyLoader(isExecutable: { _ in true }).load(directory: path)
  }

  /// What is wrong with the policy, as `file:line:column: message`, with names below the directory.
  var errors: [String] { texts(of: diagnostics.filter { $0.severity == .error }) }

  /// The warnings of a policy that loads, likewise.
  var warnings: [String] { get throws { texts(of: try load().warnings) } }

  private func texts(of diagnostics: [Diagnostic]) -> [String] {
    diagnostics.map { diagnostic in
      let place = diagnostic.location
      let name =
        place.file.hasPrefix(path + "/")
        ? String(place.file.dropFirst(path.count + 1)) : place.file == path ? "." : place.file
      return (place.line == 0 ? name : "\(name):\(place.line):\(place.column)") + ": " + diagnostic.message
    }
  }

  var diagnostics: [Diagnostic] {
    do throws(PolicyFilesError) {
      _ = try load()
      return []
    } catch {
      return error.diagnostics
    }
  }

  deinit {
    // Only what this test made: the path comes from mkdtemp.
    remove(directory: path)
  }

  private func remove(directory: String) {
    if let stream = unsafe opendir(directory) {
      var names: [String] = []
      // The entry is valid until the next call; its name is NUL-terminated.
      while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
      }
      unsafe closedir(stream)
      for name in names where unsafe unlink(directory + "/" + name) != 0 {
        remove(directory: directory + "/" + name)
      }
    }
    _ = unsafe rmdir(directory)
  }
}

let secretsFile = "secrets:\n  - {path: /etc/shadow*, reason: password hashes}\n"

/// A file with one sound command, and `lines` added to it.
func command(_ lines: String...) -> String {
  (["commands:", "  cat:", "    exec: /usr/bin/cat", "    about: print files"] + lines.map { "    " + $0 }
    + ["    operands: [\"path*\"]", "    allow: [cat /etc/hosts]", "    deny: [cat -x]"]).joined(
      separator: "\n") + "\n"
}
