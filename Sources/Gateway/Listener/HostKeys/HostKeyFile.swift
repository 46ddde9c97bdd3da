internal import Glibc
internal import Kernel
internal import SecureShell
internal import Wire

/// One host key in its file. What clients know the server by is never replaced: a file that is damaged, readable by others
/// or gone is for the administrator to judge.
struct HostKeyFile {
  let path: FilePath

  /// A key and what is told of it.
  struct Loaded {
    var path: FilePath
    var pem: [UInt8]
    var type: String
    var fingerprint: String
    var base64: String
  }

  init(_ text: String) throws {
    guard let path = FilePath(Array(text.utf8)) else { throw UnusableSetting("a path with a NUL byte") }
    self.path = path
  }

  /// Reads and checks the key.
  func load() throws -> Loaded {
    let bytes = try read()
    let key = try Self.key(bytes, path)
    if let complaint = try HostKeyStrength.complaint(about: key) {
      throw UnusableSetting(
        "the host key \(path) cannot be used: \(complaint)\nhint: ssh-keygen -t ed25519 -N '' -f FILE makes one that can"
      )
    }
    return Loaded(
      path: path, pem: bytes, type: key.type, fingerprint: try key.fingerprint(),
      base64: try key.publicBase64())
  }

  private static func key(_ bytes: [UInt8], _ path: FilePath) throws -> HostKey {
    do throws(SecureShellError) {
      return try HostKey(pem: bytes)
    } catch {
      throw UnusableSetting(
        "the host key \(path) cannot be used: \(error.message)\nhint: restore it from a backup, or move it and its .pub away to get a new one; clients will be warned then"
      )
    }
  }

  /// ``load()``, after having made the key when there has not been one yet. True when it was made.
  func loadOrMake() throws -> (key: Loaded, isNew: Bool) {
    var isNew = false
    if try !exists(path) { isNew = try make() }
    let key = try load()
    if try !exists(publicPath) { try writePublicHalf(of: key) }
    return (key, isNew)
  }

  // MARK: Reading

  private func read() throws -> [UInt8] {
    let file = try open()
    let status = try file.status()
    guard status.kind == .regular else {
      throw UnusableSetting("the host key \(path) is not a file\nhint: \(hint)")
    }
    guard status.user == .effective || status.user == .root, status.mode & 0o077 == 0 else {
      throw UnusableSetting(
        "the host key \(path) has owner \(status.user) and mode \(String(status.mode, radix: 8)): others could have read or changed it\nhint: if nobody did, \(hint)"
      )
    }
    let bytes = try file.readAll(limit: WireLimit.hostKey)
    if bytes.isEmpty {
      throw UnusableSetting(
        "the host key \(path) is empty\nhint: restore it from a backup, or move it and its .pub away to get a new one"
      )
    }
    guard bytes.count <= WireLimit.hostKey else {
      throw UnusableSetting("the host key \(path) is longer than any key\nhint: \(hint)")
    }
    return bytes
  }

  private func open() throws -> FileDescriptor {
    do throws(KernelError) {
      return try .open(path, [.readOnly, .nonBlocking, .noControllingTerminal])
    } catch  where error.code == ENOENT {
      throw UnusableSetting("there is no host key \(path)\nhint: the first start of keyhole-sshd makes it")
    } catch {
      throw UnusableSetting("the host key cannot be read: \(error)\nhint: \(hint)")
    }
  }

  private var hint: String {
    "it is to be a file of the server's user, with mode 600: chown keyhole-ssh \(path) && chmod 600 \(path)"
  }

  private func exists(_ path: FilePath) throws -> Bool {
    do throws(KernelError) {
      _ = try FileDescriptor.open(path, [.path, .noFollow])
      return true
    } catch  where error.code == ENOENT {
      return false
    } catch {
      throw UnusableSetting(
        "the host key cannot be looked for: \(error)\nhint: the server's user needs to reach the directory")
    }
  }

  // MARK: Making

  private var publicPath: FilePath { path.appending(".pub") }

  /// Makes the key; false when another process was faster. A crash leaves either no key or a whole one.
  private func make() throws -> Bool {
    if try exists(publicPath) {
      throw UnusableSetting(
        "the host key \(path) is gone, but its public half is there\nhint: restore it from a backup, or remove \(publicPath) to get a new one; clients will be warned then"
      )
    }
    guard path.description.hasSuffix("_ed25519_key") else {
      throw UnusableSetting(
        "there is no host key \(path)\nhint: only ed25519 keys are made by themselves, in files named …_ed25519_key; ssh-keygen -t TYPE -N '' -f FILE makes others, and chown keyhole-ssh FILE"
      )
    }
    let directory = try checkedDirectory()
    let draft = path.appending(".new")
    try Self.write(try HostKey.makeEd25519().pem(), to: draft, mode: 0o600)
    defer { try? FileChanges.remove(draft) }
    guard try take(draft) else { return false }
    try directory.synchronize()
    return true
  }

  /// Unlike a rename, it fails when the name is there.
  private func take(_ draft: FilePath) throws(KernelError) -> Bool {
    do throws(KernelError) {
      try FileChanges.addName(path, to: draft)
      return true
    } catch  where error.code == EEXIST {
      return false
    }
  }

  private static func write(_ bytes: [UInt8], to path: FilePath, mode: UInt32) throws(KernelError) {
    try FileChanges.remove(path)
    let file = try FileDescriptor.open(path, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
    try file.writeAll(bytes)
    try file.set(owner: .effective, group: .effective, mode: mode)
    try file.synchronize()
  }

  private func checkedDirectory() throws -> FileDescriptor {
    let end = path.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0
    let place = FilePath(end == 0 ? [UInt8(ascii: "/")] : Array(path.bytes[..<end])) ?? "/"
    let directory = try Self.directory(place)
    let status = try directory.status()
    guard status.user == .effective || status.user == .root, status.mode & 0o022 == 0 else {
      throw UnusableSetting(
        "others could put another host key into \(place)\nhint: chown keyhole-ssh: \(place) && chmod 700 \(place)"
      )
    }
    return directory
  }

  private static func directory(_ place: FilePath) throws -> FileDescriptor {
    do throws(KernelError) {
      return try .open(place, [.readOnly, .directory])
    } catch {
      throw UnusableSetting(
        "a host key cannot be made: \(error)\nhint: mkdir -m 700 \(place) && chown keyhole-ssh: \(place)")
    }
  }

  private func writePublicHalf(of key: Loaded) throws {
    let draft = publicPath.appending(".new")
    try Self.write(Array("\(key.type) \(key.base64) keyhole-sshd\n".utf8), to: draft, mode: 0o644)
    try FileChanges.rename(draft, to: publicPath)
  }
}
