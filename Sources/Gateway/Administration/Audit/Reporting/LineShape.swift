/// What a line has in common with others like it: the commands in it, and its text with numbers and quoted words taken out.
///
/// It is a reading for tables and decides nothing, so that it also takes lines that the grammar refuses.
struct LineShape: Equatable {
  /// The first word of each stage, in the order of the line, each once.
  let commands: [String]
  /// One space between words; `N` for each number, `'…'` for each quoted text.
  let text: String

  static let longestName = 64
  static let longestText = 160
  /// A client that asked for a shell sent no line.
  static let shell = LineShape(commands: ["(a shell)"], text: "(a shell)")

  private init(commands: [String], text: String) {
    self.commands = commands
    self.text = text
  }

  init(_ line: [UInt8]) {
    var scanner = Scanner()
    for byte in line { scanner.take(byte) }
    scanner.endWord()
    commands = scanner.commands
    let text = String(decoding: scanner.text, as: UTF8.self)
    self.text =
      text.utf8.count > Self.longestText
      ? String(decoding: text.utf8.prefix(Self.longestText), as: UTF8.self) + "…" : text
  }

  private struct Scanner {
    private(set) var commands: [String] = []
    private(set) var text: [UInt8] = []
    private var word: [UInt8] = []
    private var plain: [UInt8] = []
    private var quote: UInt8?
    private var isEscaped = false
    private var isInWord = false
    private var isInNumber = false
    private var isFirst = true

    mutating func take(_ byte: UInt8) {
      if isEscaped {
        isEscaped = false
        add(byte)
        return
      }
      if let open = quote {
        if byte == open { quote = nil } else { plain.append(byte) }
        return
      }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        quote = byte
        isInWord = true
        isInNumber = false
        word += Array("'…'".utf8)
      case UInt8(ascii: "\\"):
        isEscaped = true
        isInWord = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"): endWord()
      case UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: "\n"): sign(byte)
      // `2>&1` is one word, and `&>/dev/null` another.
      case UInt8(ascii: "&") where word.last == UInt8(ascii: ">"): add(byte)
      case UInt8(ascii: "&"): sign(byte)
      default: add(byte)
      }
    }

    private mutating func add(_ byte: UInt8) {
      isInWord = true
      plain.append(byte)
      let isDigit = (0x30...0x39).contains(byte)
      if isDigit, !word.contains(UInt8(ascii: ">")) {
        if !isInNumber { word.append(UInt8(ascii: "N")) }
      } else {
        word.append(byte)
      }
      isInNumber = isDigit
    }

    private mutating func sign(_ byte: UInt8) {
      endWord()
      isFirst = true
      if text.last == byte || text.isEmpty {
        text.append(byte)
      } else {
        text += [UInt8(ascii: " "), byte == UInt8(ascii: "\n") ? UInt8(ascii: ";") : byte]
      }
    }

    mutating func endWord() {
      guard isInWord else { return }
      if !text.isEmpty { text.append(UInt8(ascii: " ")) }
      // `2>` and its like stand for themselves; the number before was taken for one.
      let isRedirection = plain.contains(UInt8(ascii: ">")) || plain.contains(UInt8(ascii: "<"))
      text += isFirst || isRedirection ? plain : word
      if isFirst, !isRedirection, !plain.isEmpty {
        let name = String(decoding: plain.prefix(LineShape.longestName), as: UTF8.self)
        if !commands.contains(name), commands.count < 16 { commands.append(name) }
        isFirst = false
      }
      word = []
      plain = []
      isInWord = false
      isInNumber = false
    }
  }
}
