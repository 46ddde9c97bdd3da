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
    /// Its kind, where what it shows comes from somewhere that cannot be looked into: another program, another host.
    var foreignKind: String?
    /// Names there are the same in upper and lower case.
    var ignoresCase = false
    /// What else the mount shows.
    var layers = Layers.known([])
  }

  /// The directories that an overlay lies over, or the one place under which a kernel file system is known.
  enum Layers: Equatable, Sendable {
    /// As the mount's options name them: each may be a link, or another mount's.
    case named([[UInt8]])
    case known([Layer])
    /// One of them cannot be found from here.
    case hidden
  }

  struct Layer: Equatable, Sendable {
    var path: [UInt8]
    /// nil when nothing is there now, so that the path is all there is to judge by.
    var mount: UInt64?
  }

  private var byID: [UInt64: Mount]
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

  func mount(_ id: UInt64) -> Mount? { byID[id] }

  /// Whether no mount lies below the directory, and none on it but a whole file system.
  func isWhole(_ directory: [UInt8]) -> Bool {
    !byID.values.contains { mount in
      guard let rest = Self.remainder(of: mount.point, below: directory) else { return false }
      return !rest.isEmpty || mount.root != [Self.slash]
    }
  }

  /// Sets where the layers of a mount are.
  mutating func place(_ layers: Layers, of id: UInt64) { byID[id]?.layers = layers }

  /// Every name of an object, the given one first; nil when the mount is unknown, as when it is newer than this
  /// table, or mounted nowhere, and when it shows what cannot be named.
  func names(of path: [UInt8], onMount id: UInt64) -> [[UInt8]]? {
    names(of: path, onMount: id, deeper: Self.deepest)
  }

  /// The names in an overlay's layers that an object may have.
  func layerNames(of path: [UInt8], onMount id: UInt64) -> [[UInt8]] {
    guard let mount = byID[id], case .known(let layers) = mount.layers,
      let below = Self.remainder(of: path, below: mount.point)
    else { return [] }
    let inFileSystem = Self.join(mount.root, below)
    return layers.map { Self.join($0.path, inFileSystem[...]) }
  }

  /// Overlays lie on overlays twice at most (FILESYSTEM_MAX_STACK_DEPTH of linux/fs.h); what is mounted over its own
  /// layer would go on for ever.
  private static let deepest = 3

  private func names(of path: [UInt8], onMount id: UInt64, deeper: Int) -> [[UInt8]]? {
    guard let mount = byID[id] else { return nil }
    let siblings = shared[mount.device] ?? []
    if siblings.isEmpty && mount.layers == .known([]) { return [path] }
    guard let below = Self.remainder(of: path, below: mount.point), case .known(let layers) = mount.layers
    else {
      return nil
    }
    let inFileSystem = Self.join(mount.root, below)
    var names = [path]
    for layer in layers {
      let name = inFileSystem == [Self.slash] ? layer.path : Self.join(layer.path, inFileSystem[...])
      guard let other = layer.mount, deeper > 0 else {
        names.append(name)
        continue
      }
      guard let more = self.names(of: name, onMount: other, deeper: deeper - 1) else { return nil }
      names += more
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
    let point = unescaped(fields[4])
    let (kind, options) = kindAndOptions(fields[5])
    return Mount(
      id: id, device: FileStatus.Device(major: major, minor: minor), root: unescaped(fields[3]), point: point,
      foreignKind: foreignKind(kind, on: point), ignoresCase: caselessKinds.contains(kind),
      layers: layers(kind, options, on: point))
  }

  private static let caselessKinds: Set<String> = [
    "vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "hfs", "hfsplus", "ufsd",
  ]

  /// The type and the file system's own options, behind ` - TYPE SOURCE `; an empty type when there is none.
  private static func kindAndOptions(
    _ rest: ArraySlice<UInt8>
  ) -> (kind: String, options: ArraySlice<UInt8>?) {
    let fields = rest.split(separator: UInt8(ascii: " "))
    guard let mark = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }), fields.count > mark + 1 else {
      return ("", nil)
    }
    let kind = String(decoding: fields[mark + 1], as: UTF8.self)
    return (kind, fields.count > mark + 3 ? fields[mark + 3] : nil)
  }

  /// Kinds of file systems on the network, and those that a program makes. What they show may be a denied file of this
  /// very host under another name.
  private static let foreignKinds: Set<String> = [
    "fuse", "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "ceph", "afs", "coda", "lustre", "aufs",
    "ecryptfs", "vboxsf", "vmhgfs",
  ]

  /// The root's names are the names that the denylist has, whatever it is made of. lxcfs shows parts of procfs.
  private static func foreignKind(_ kind: String, on point: [UInt8]) -> String? {
    if point == [slash] || kind == "fuse.lxcfs" { return nil }
    return foreignKinds.contains(kind) || kind.hasPrefix("fuse.") ? Printable.text(Array(kind.utf8)) : nil
  }

  /// What a mount shows, from its type and options. Linux, Documentation/filesystems/overlayfs.rst
  private static func layers(_ kind: String, _ options: ArraySlice<UInt8>?, on point: [UInt8]) -> Layers {
    guard let options else { return .known([]) }
    // Every one shows the same processes or devices, and the denylist knows them by one name.
    if let usual = usualPoints[kind], point != usual { return .known([Layer(path: usual)]) }
    guard kind == "overlay" else { return .known([]) }
    var layers: [[UInt8]] = []
    for option in options.split(separator: UInt8(ascii: ",")) {
      let parts = option.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard parts.count == 2,
        ["lowerdir", "upperdir", "lowerdir+", "datadir+"].contains(String(decoding: parts[0], as: UTF8.self))
      else { continue }
      layers += unescaped(parts[1]).split(separator: UInt8(ascii: ":")).map(Array.init)
    }
    // The layers of a root are not below it.
    if point == [slash] { return .known(layers.filter { $0.first == slash }.map { Layer(path: $0) }) }
    return layers.allSatisfy { $0.first == slash } ? .named(layers) : .hidden
  }

  private static let usualPoints = ["proc": Array("/proc".utf8), "sysfs": Array("/sys".utf8)]

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
