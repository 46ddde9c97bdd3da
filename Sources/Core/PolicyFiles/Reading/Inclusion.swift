internal import Kernel
internal import SecretPaths
internal import Yams

extension FileDecoder {
  /// The files that an `include` adds. A relative name is taken from the directory of the file that it stands in.
  mutating func include(_ name: String, at node: Node, from source: inout PolicyDirectory) -> [SourceFile] {
    let slash = UInt8(ascii: "/")
    var directory = Array(file.path.utf8)
    directory.removeSubrange((directory.lastIndex(of: slash) ?? 0)...)
    let isAbsolute = name.utf8.first == slash || directory.first == slash
    let path =
      isAbsolute
      ? String(decoding: LexicalPath.resolved(Array(name.utf8), from: directory), as: UTF8.self)
      : String(decoding: directory + [slash], as: UTF8.self) + name
    do throws(KernelError) {
      return try source.include(path)
    } catch {
      fail(
        node, "cannot include `\(name)`: \(error)",
        hint: "an absolute path, or one from this file's directory")
      return []
    }
  }
}
