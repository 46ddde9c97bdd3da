/// Lines as auditd writes them: docs/audit.md, "Examples".
enum SampleLines {
  static let executable = "/usr/lib/keyhole/keyhole-broker"

  static func hexadecimal(_ text: String) -> String {
    text.utf8.map { byte in
      let digits = Array("0123456789ABCDEF")
      return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }.joined()
  }

  static func line(
    type: String = "USER_CMD", time: String = "1795233534.735", serial: Int = 10, fields: String,
    executable: String = Self.executable, result: String = "failed", enriched: Bool = false
  ) -> String {
    "type=\(type) msg=audit(\(time):\(serial)): pid=23805 uid=0 auid=4294967295 ses=4294967295 msg='\(fields) "
      + "exe=\"\(executable)\" hostname=? addr=192.0.2.7 terminal=ssh res=\(result)'"
      + (enriched ? "\u{1D}UID=\"root\" AUID=\"unset\"" : "")
  }

  static func refusal(of command: String, agent: String = "claude") -> String {
    "op=keyhole:decision call=ddfd558049784c1a acct=\"\(agent)\" key=\"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\" "
      + "policy=3f9c1a7be0d24456 verdict=refused rule=\"commands\" cmd=\(hexadecimal(command)) info=\(hexadecimal("why"))"
  }
}
