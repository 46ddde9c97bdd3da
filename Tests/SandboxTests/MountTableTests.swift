import Kernel
import TestSupport
import Testing

@testable import Sandbox

@Suite("The mount table")
struct MountTableTests {
  private static let table = MountTable(
    parsing: bytes(
      #"""
      20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      21 20 0:5 / /proc rw - proc proc rw
      22 20 8:1 /etc /mnt/etc rw - ext4 /dev/sda1 rw
      23 20 8:2 / /mnt/data rw master:2 - ext4 /dev/sdb1 rw
      24 20 8:2 /sub /srv rw - ext4 /dev/sdb1 rw
      25 20 8:2 /sub/deep /mnt/with\040blank\134\011 rw - ext4 /dev/sdb1 rw
      26 20 8:3 /only /only rw - ext4 /dev/sdc1 rw

      """#))

  private func names(_ path: String, _ mount: UInt64) -> [String]? {
    Self.table.names(of: bytes(path), onMount: mount).map { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  @Test("what is reached through a bind mount has the name of the original too")
  func bindMount() {
    #expect(names("/mnt/etc/shadow", 22) == ["/mnt/etc/shadow", "/etc/shadow"])
    #expect(names("/mnt/etc", 22) == ["/mnt/etc", "/etc"])
  }

  @Test("the original has the name under every bind mount that shows it, and under no other")
  func original() {
    #expect(names("/etc/shadow", 20) == ["/etc/shadow", "/mnt/etc/shadow"])
    #expect(names("/etc", 20) == ["/etc", "/mnt/etc"])
    #expect(names("/", 20) == ["/"])
    #expect(names("/usr/bin", 20) == ["/usr/bin"])
    #expect(
      names("/mnt/data/sub/deep/f", 23) == ["/mnt/data/sub/deep/f", "/srv/deep/f", "/mnt/with blank\\\t/f"])
  }

  @Test("a name that only begins like a mounted directory's is not below it")
  func prefixes() {
    #expect(names("/etcetera/f", 20) == ["/etcetera/f"])
    #expect(names("/mnt/data/subway/f", 23) == ["/mnt/data/subway/f"])
    #expect(names("/mnt/database/f", 23) == nil)
  }

  @Test("blanks, tabs and backslashes in mount points are read as such")
  func escapes() {
    #expect(
      names("/mnt/with blank\\\t/f", 25)
        == ["/mnt/with blank\\\t/f", "/mnt/data/sub/deep/f", "/srv/deep/f"])
  }

  @Test("a file system that is mounted once has no other names")
  func single() {
    #expect(names("/proc/1/maps", 21) == ["/proc/1/maps"])
    #expect(names("/only/f", 26) == ["/only/f"])
  }

  @Test("on an unknown mount nothing can be said")
  func unknown() {
    #expect(names("/etc/shadow", 99) == nil)
  }

  @Test(
    "lines that are not as proc(5) says make no mount",
    arguments: [
      "", "20", "x 1 8:1 / / rw", "20 1 8 / / rw", "20 1 8:x / / rw", "20 1 8:1 / /", "-1 1 8:1 / / rw",
    ])
  func damaged(line: String) {
    #expect(MountTable(parsing: bytes(line)).names(of: bytes("/f"), onMount: 20) == nil)
  }

  @Test("the table of this very process knows the mount of every object that it can open")
  func own() throws {
    let table = MountTable(
      parsing: try FileDescriptor.open("/proc/self/mountinfo").readAll(limit: 16 << 20))
    for path: FilePath in ["/", "/proc", "/dev/null", "/usr"] {
      let object = try FileDescriptor.open(path, .path)
      let names = table.names(of: try object.location(), onMount: try object.status().mount)
      #expect(names?.first == path.bytes)
    }
  }

  private static let kinds = MountTable(
    parsing: bytes(
      #"""
      20 1 0:1 / / rw - fuse.ext4fuse x rw
      21 20 0:2 / /home/bob rw - fuse.sshfs host:/ rw
      22 20 0:3 / /data rw - nfs4 host:/data rw
      23 20 0:4 / /proc/meminfo rw - fuse.lxcfs lxcfs rw
      24 20 8:1 / /boot/efi rw - vfat /dev/sda1 rw
      25 20 8:2 / /usr/share rw - ext4 /dev/sda2 rw
      26 20 8:3 /secret /usr/include/x rw - ext4 /dev/sda3 rw
      27 20 8:4 /part /usr/games rw - ext4 /dev/sda4 rw

      """#))

  @Test("what another program or host makes is foreign, but not the root, and not lxcfs")
  func foreign() {
    #expect(Self.kinds.mount(21)?.foreignKind == "fuse.sshfs")
    #expect(Self.kinds.mount(22)?.foreignKind == "nfs4")
    for id in [20, 23, 24, 25] as [UInt64] { #expect(Self.kinds.mount(id)?.foreignKind == nil) }
  }

  @Test("where upper and lower case are the same is known")
  func caseless() {
    #expect(Self.kinds.mount(24)?.ignoresCase == true)
    #expect(Self.kinds.mount(25)?.ignoresCase == false)
  }

  @Test("a directory is whole without a mount in it, and with none on it but a whole file system")
  func whole() {
    #expect(Self.kinds.isWhole(bytes("/usr/share")))
    #expect(Self.kinds.isWhole(bytes("/usr/bin")))
    #expect(!Self.kinds.isWhole(bytes("/usr/include")))
    #expect(!Self.kinds.isWhole(bytes("/usr/games")))
  }
}
