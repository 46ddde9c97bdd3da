internal import Crypto

/// What a browser may do with the page (Content Security Policy Level 3): show it, with the style and the script that
/// stand in it, and nothing else. It loads nothing and sends nothing.
enum PagePolicy {
  static let text =
    "default-src 'none'; style-src '\(digest(PageStyle.text))'; script-src '\(digest(PageScript.text))'; "
    + "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

  /// `sha256-…` of what stands between the tags, byte for byte.
  static func digest(_ text: String) -> String {
    "sha256-" + base64(Array(SHA256.hash(data: Array(text.utf8))))
  }

  /// RFC 4648, 4
  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      for place in 0..<4 {
        text.append(place <= part.count ? letters[bits >> (18 - 6 * place) & 63] : "=")
      }
    }
    return text
  }
}
