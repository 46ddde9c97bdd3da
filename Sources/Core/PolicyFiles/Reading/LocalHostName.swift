internal import Kernel

/// This host's name as hostname(1) prints it.
enum LocalHostName {
  /// Empty when the kernel does not say: then only entries for all hosts hold.
  static var current: String {
    do throws(KernelError) {
      guard let path = FilePath(Array("/proc/sys/kernel/hostname".utf8)) else { return "" }
      let bytes = try FileDescriptor.open(path, [.readOnly]).readAll(limit: 256)
      return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    } catch {
      return ""
    }
  }
}
