internal import Kernel

/// The mounts of a mount namespace, to find the other names under which an object can be reached. proc(5),
/// /proc/self/mountinfo
struct MountTable: Sendable {
  struct Mount: Equatable, Sendable {
    var id: UInt64
    var device: FileStatus.Device
    /// The directory of the file system that is mounted, `/` for all of it.
    var root: [UInt8]
    /// Where it is mounted.
    var point: [UInt8]
    /// The directories that an overlay shows, where they have absolute names.
    var layers: [[UInt8]] = []
  }

  private let byID: [UInt64: Mount]
  /// Mounts that show part of a file system that another mount shows too.
  private let shared: [FileStatus.Device: [Mount]]

  /// Lines that are not as proc(5) says are left out; an object on such a mount is then refused.
  init(parsing mountInformation: [UInt8]) {
    var byID: [UInt64: Mount] = [:]
    var byDevice: [FileStatus.Device: [Mount]] = [:]
    for line in mountInformation.split(separator: UInt8(ascii: "\n")) {
      guard let mount = Self.parse(line) else { continue }
      byID[mount.id] = mount
      byDevice[mount.device, default: []].append(mount)
    }
    self.byID = byID
    shared = byDevice.filter { $0.value.count > 1 }
  }

  /// Every name of an object, the given one first; nil when the mount is unknown, as when it is newer than this
  /// table, or mounted nowhere.
  func names(of path: [UInt8], onMount id: UInt64) -> [[UInt8]]? {
    guard let mount = byID[id] else { return nil }
    let siblings = shared[mount.device] ?? []
    if siblings.isEmpty && mount.layers.isEmpty { return [path] }
    guard let below = Self.remainder(of: path, below: mount.point) else { return nil }
    let inFileSystem = Self.join(mount.root, below)
    var names = [path]
    for layer in mount.layers {
      names.append(inFileSystem == [Self.slash] ? layer : layer + inFileSystem)
    }
    for other in siblings where other.id != id {
      guard let rest = Self.remainder(of: inFileSystem, below: other.root) else { continue }
      let name = Self.join(other.point, rest)
      if name != path { names.append(name) }
    }
    return names
  }

  /// What is left of `path` below `directory`: empty, or beginning with a slash; nil when it is not below.
  private static func remainder(of path: [UInt8], below directory: [UInt8]) -> ArraySlice<UInt8>? {
    if directory == [slash] { return path == directory ? [] : path[...] }
    guard path.starts(with: directory) else { return nil }
    let rest = path.dropFirst(directory.count)
    return rest.isEmpty || rest.first == slash ? rest : nil
  }

  private static func join(_ directory: [UInt8], _ rest: ArraySlice<UInt8>) -> [UInt8] {
    if rest.isEmpty { return directory }
    return directory == [slash] ? Array(rest) : directory + rest
  }

  private static let slash = UInt8(ascii: "/")

  private static func parse(_ line: ArraySlice<UInt8>) -> Mount? {
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
    guard fields.count == 6, let id = UInt64(String(decoding: fields[0], as: UTF8.self)) else { return nil }
    let device = fields[2].split(separator: UInt8(ascii: ":"))
    guard device.count == 2, let major = UInt32(String(decoding: device[0], as: UTF8.self)),
      let minor = UInt32(String(decoding: device[1], as: UTF8.self))
    else { return nil }
    return Mount(
      id: id, device: FileStatus.Device(major: major, minor: minor), root: unescaped(fields[3]),
      point: unescaped(fields[4]), layers: layers(fields[5]))
  }

  /// What an overlay lies over, from the options behind ` - overlay SOURCE `. Linux,
  /// Documentation/filesystems/overlayfs.rst
  private static func layers(_ rest: ArraySlice<UInt8>) -> [[UInt8]] {
    let fields = rest.split(separator: UInt8(ascii: " "))
    guard let mark = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }), fields.count > mark + 3,
      fields[mark + 1].elementsEqual("overlay".utf8)
    else { return [] }
    var layers: [[UInt8]] = []
    for option in fields[mark + 3].split(separator: UInt8(ascii: ",")) {
      let parts = option.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard parts.count == 2,
        ["lowerdir", "upperdir", "lowerdir+", "datadir+"].contains(String(decoding: parts[0], as: UTF8.self))
      else { continue }
      layers += unescaped(parts[1]).split(separator: UInt8(ascii: ":")).map(Array.init)
    }
    return layers.filter { $0.first == slash }
  }

  /// Blanks, tabs, newlines and backslashes stand as three octal digits.
  private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = field
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        plain.append(value)
        rest = rest.dropFirst(3)
      } else {
        plain.append(byte)
      }
    }
    return plain
  }
}
