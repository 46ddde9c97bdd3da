internal import DeniedFiles
internal import Kernel
internal import SecretPaths

/// Decides on the object itself, by what the kernel says of it, whether a command may have it.
struct ObjectJudge: ~Copyable {
  /// Why an object was not handed over.
  enum Denial: Error, Equatable {
    /// The denylist covers it; the text says why and where the rule stands.
    case secret(String)
    /// A hard link that the index of denied files cannot judge yet.
    case undecided
    /// Devices, named pipes and sockets: to open one can block, or act.
    case unsuitable(String)
    /// The terminal of a session that has none.
    case noTerminal
    /// Of a process, by the denylist: tools that list processes ask for everything, and the kernel would refuse most.
    case processDetail
    /// It has no name in this namespace, so nothing can be said of it.
    case nameless
  }

  private var deniedPaths: DeniedPathsFile
  private let deniedFiles: DeniedFileIndex
  private let mountInformation: FileDescriptor
  private var mounts: MountTable
  /// Overlays whose layers were named, and found.
  private var followed: Set<UInt64> = []
  let publicTrees: PublicTrees?

  init(
    deniedPaths: consuming DeniedPathsFile, deniedFiles: consuming DeniedFileIndex,
    publicTrees: PublicTrees? = nil
  ) throws(KernelError) {
    let mountInformation = try FileDescriptor.open("/proc/self/mountinfo")
    mounts = MountTable(parsing: try mountInformation.readAll(limit: Self.longestMountInformation))
    self.mountInformation = mountInformation
    self.deniedPaths = deniedPaths
    self.deniedFiles = deniedFiles
    self.publicTrees = publicTrees
  }

  private static let longestMountInformation = 16 << 20

  /// Readable with priority when a mount came or went since the last ``readMounts()``. proc(5)
  var mountChanges: PollEntry { PollEntry(mountInformation, .priority) }

  mutating func readMounts() throws(KernelError) {
    try mountInformation.seek(to: 0)
    mounts = MountTable(parsing: try mountInformation.readAll(limit: Self.longestMountInformation))
    followed = []
  }

  /// Whether the public trees show nothing but themselves: no other mount lies in them.
  var publicTreesAreWhole: Bool {
    guard let publicTrees else { return false }
    return !publicTrees.names.isEmpty && publicTrees.names.allSatisfy(mounts.isWhole)
  }

  /// Whether a command may have what is in the object.
  mutating func denial(of object: borrowing ResolvedObject) throws(KernelError) -> Denial? {
    guard object.location.first == UInt8(ascii: "/") else {
      // A pipe of the call itself, through /proc/self/fd; nothing else without a name is a command's to open.
      return object.location.starts(with: Self.pipe) ? nil : .nameless
    }
    let status = object.status
    if status.kind == .characterDevice && status.special == Self.terminal { return .noTerminal }
    if let unsuitable = Self.unsuitable(status) { return .unsuitable(unsuitable) }
    if let denial = try denialOfNames(object) { return denial }
    return denialOfMount(object)
  }

  /// Whether a command may know what the object is: its kind, size, times, the text of a link.
  mutating func denialOfAttributes(of object: borrowing ResolvedObject) throws(KernelError) -> Denial? {
    // What has no name is a pipe or the like that the caller or its relatives hold.
    guard object.location.first == UInt8(ascii: "/") else { return nil }
    let denial = try denialOfNames(object)
    // That it may be another name of a denied file is no reason to hide the name that was asked for.
    return denial == .undecided ? nil : denial
  }

  /// Whether the denylist covers a name in a directory, if there is one or not.
  mutating func denies(_ name: [UInt8], in directory: borrowing ResolvedObject) throws(KernelError) -> Bool {
    let slash = UInt8(ascii: "/")
    guard directory.location.first == slash, name != Array("..".utf8) else { return false }
    let location = directory.location == [slash] ? [slash] + name : directory.location + [slash] + name
    guard let names = try names(of: location, onMount: directory.status.mount) else { return true }
    return names.contains { reason(against: $0) != nil }
  }

  private mutating func denialOfNames(_ object: borrowing ResolvedObject) throws(KernelError) -> Denial? {
    let location = object.location
    // What has a name in a public tree is no secret, whatever else it is called: programs that profile or back up make
    // links to libraries.
    let finding =
      publicTrees?.contain(location) == true ? .notDenied : deniedFiles.finding(for: object.status)
    if finding == .denied { return .secret("another name of a file that the secret denylist covers") }
    guard let names = try names(of: location, onMount: object.status.mount) else { return .nameless }
    for name in names {
      if let reason = reason(against: Self.withoutDeletionMark(name)) ?? reasonIfMarked(name) {
        return Self.isOfProcess(location) ? .processDetail : .secret(reason)
      }
    }
    if !isInLayers(object) { return .nameless }
    // Last: what a name denies is denied, whether the index can tell or not.
    return finding == .unknown ? .undecided : nil
  }

  /// Files of a mount that cannot be looked into, and of one where the denylist's names have other spellings, are only
  /// for those who say that they are public.
  private mutating func denialOfMount(_ object: borrowing ResolvedObject) -> Denial? {
    guard object.status.kind == .regular, let mount = mounts.mount(object.status.mount),
      publicTrees?.contain(object.location) != true
    else { return nil }
    if let kind = mount.foreignKind {
      return .secret("it lies on a \(kind) mount, which may show secret files under other names")
    }
    if mount.ignoresCase && !isClear(below: mount.point) {
      return .secret(
        "upper and lower case are the same on its file system, and the secret denylist names files there")
    }
    return nil
  }

  private mutating func isClear(below directory: [UInt8]) -> Bool {
    do throws(DeniedPathsFile.Malformed) {
      return try deniedPaths.isClear(below: directory)
    } catch {
      return false
    }
  }

  /// A name may really end like the kernel's mark.
  private mutating func reasonIfMarked(_ name: [UInt8]) -> String? {
    Self.hasDeletionMark(name) ? reason(against: name) : nil
  }

  /// Why the denylist covers a name, nil when it does not.
  mutating func reason(against name: [UInt8]) -> String? {
    do throws(DeniedPathsFile.Malformed) {
      return try deniedPaths.denial(of: name)?.reason
    } catch {
      return "the denylist cannot be read"
    }
  }

  private mutating func names(
    of location: [UInt8], onMount mount: UInt64
  ) throws(KernelError) -> [[UInt8]]? {
    // The kernel gives the numbers of mounts again. The object keeps its own, so a table that is no older than the object
    // has the right one.
    var changes = [mountChanges]
    if try poll(&changes, milliseconds: 0) > 0 { try readMounts() }
    placeLayers(of: mount)
    if let names = mounts.names(of: location, onMount: mount) { return names }
    // The mount may be newer than the table.
    try readMounts()
    placeLayers(of: mount)
    return mounts.names(of: location, onMount: mount)
  }

  /// Follows the names that an overlay has for its layers: links, and other names of the same directories.
  private mutating func placeLayers(of mount: UInt64) {
    guard let overlay = mounts.mount(mount), case .named(let paths) = overlay.layers else { return }
    var layers: [MountTable.Layer] = []
    // Until all of them are found; an overlay may also lie on its own layer.
    mounts.place(.hidden, of: mount)
    for path in paths {
      guard let name = FilePath(path), let layer = layer(at: name, below: overlay) else { return }
      if let other = layer.mount { placeLayers(of: other) }
      layers.append(layer)
    }
    mounts.place(.known(layers), of: mount)
    followed.insert(mount)
  }

  /// nil when it cannot be looked at from here.
  private func layer(at path: FilePath, below overlay: MountTable.Mount) -> MountTable.Layer? {
    do throws(KernelError) {
      let directory = try FileDescriptor.open(path, .path)
      let status = try directory.status()
      // Below its own mount point, or another's, the layer is no longer to be seen.
      let isCovered = status.device == overlay.device
      return MountTable.Layer(path: try directory.location(), mount: isCovered ? nil : status.mount)
    } catch {
      // It was there when the overlay was mounted: now it has another name, or none.
      return nil
    }
  }

  /// Whether one of the layers has this file, where they are now: a layer that was exchanged since is not what the overlay
  /// shows.
  private func isInLayers(_ object: borrowing ResolvedObject) -> Bool {
    guard followed.contains(object.status.mount), object.status.kind == .regular else { return true }
    let names = mounts.layerNames(of: object.location, onMount: object.status.mount)
    for name in names {
      guard let path = FilePath(name), let file = try? FileDescriptor.open(path, [.path, .noFollow]),
        let status = try? file.status()
      else { continue }
      if status.size == object.status.size && status.changed == object.status.changed { return true }
    }
    return false
  }

  /// The kernel marks a removed name; the file behind it is still the same.
  private static func withoutDeletionMark(_ name: [UInt8]) -> [UInt8] {
    hasDeletionMark(name) ? Array(name.dropLast(deletionMark.count)) : name
  }

  private static func hasDeletionMark(_ name: [UInt8]) -> Bool {
    name.last == deletionMark.last && name.suffix(deletionMark.count) == deletionMark[...]
  }

  private static let deletionMark = Array(" (deleted)".utf8)
  private static let proc = Array("/proc/".utf8)
  private static let pipe = Array("pipe:[".utf8)

  /// Whether this is `/proc/N/…`.
  private static func isOfProcess(_ location: [UInt8]) -> Bool {
    guard location.starts(with: proc) else { return false }
    let parts = location.split(separator: UInt8(ascii: "/"), maxSplits: 2)
    guard parts.count == 3 else { return false }
    return parts[1].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func unsuitable(_ status: FileStatus) -> String? {
    switch status.kind {
    case .regular, .directory, .symbolicLink: nil
    case .characterDevice: harmlessDevices.contains(status.special) ? nil : "a device"
    case .blockDevice: "a device"
    case .fifo: "a named pipe"
    case .socket: "a socket"
    case .other: "neither a file nor a directory"
    }
  }

  /// /dev/tty: Linux, Documentation/admin-guide/devices.txt
  private static let terminal = FileStatus.Device(major: 5, minor: 0)

  /// /dev/null, /dev/zero, /dev/full, /dev/random, /dev/urandom, /dev/kmsg (which asks for privilege itself)
  private static let harmlessDevices: Set<FileStatus.Device> = Set(
    [3, 5, 7, 8, 9, 11].map { FileStatus.Device(major: 1, minor: $0) })
}
