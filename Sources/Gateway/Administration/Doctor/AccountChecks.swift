/// The accounts of the gateway, read from passwd(5) and group(5).
struct AccountCheck: HostCheck {
  /// Groups whose members can become root or read what is secret.
  static let powerful: Set<String> = [
    "root", "sudo", "wheel", "admin", "docker", "lxd", "libvirt", "disk", "shadow", "kmem", "adm",
  ]

  let account: String
  /// A group that it must be a member of, for its sockets.
  var belongsTo: String?
  var passwordFile = "/etc/passwd"
  var groupFile = "/etc/group"
  var name: String { "user \(account)" }

  func examine() -> Finding {
    guard let entry = Self.fields(of: account, in: HostFile.text(passwordFile) ?? ""), entry.count >= 7 else {
      return .missing(
        "there is no such user", remedy: "useradd --system --user-group --no-create-home \(account)")
    }
    if entry[2] == "0" { return .missing("it is root", remedy: "give \(account) a uid of its own") }
    let groups = (HostFile.text(groupFile) ?? "").split(separator: "\n").map { Self.fields(of: $0) }.filter {
      $0.count >= 4
    }
    let own = groups.filter { $0[2] == entry[3] || $0[3].split(separator: ",").contains(Substring(account)) }
      .map { $0[0] }
    let dangerous = own.filter(Self.powerful.contains)
    guard dangerous.isEmpty else {
      return .missing(
        "it is in group \(dangerous.joined(separator: ", "))",
        remedy: dangerous.map { "gpasswd -d \(account) \($0)" }.joined(separator: "; "))
    }
    if let belongsTo, !own.contains(belongsTo) {
      return .missing("it is not in group \(belongsTo)", remedy: "gpasswd -a \(account) \(belongsTo)")
    }
    return .ok("uid \(entry[2])")
  }

  static func user(named account: String, in file: String) -> UInt32? {
    guard let entry = fields(of: account, in: file), entry.count > 2 else { return nil }
    return UInt32(entry[2])
  }

  private static func fields(of account: String, in file: String) -> [String]? {
    file.split(separator: "\n").map { fields(of: $0) }.first { $0.first == account }
  }

  private static func fields(of line: Substring) -> [String] {
    line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }
}
