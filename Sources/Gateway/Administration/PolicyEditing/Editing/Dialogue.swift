internal import Glibc
internal import Kernel

/// Questions to the administrator, one line each, and the answers from standard input.
struct Dialogue {
  let interrupts: Interrupts

  /// One of the answers to a question: its letter, and its words with the letter in brackets.
  struct Choice {
    let letter: Character
    let words: String
  }

  /// A terminal that is gone hears nothing, and the edit goes on to its orderly end.
  func say(_ text: String) {
    let output = FileDescriptor(owning: STDOUT_FILENO)
    try? output.writeAll(Array(TerminalText.safe(text).utf8))
    _ = output.release()
  }

  /// Asks until one of the letters is answered. Nothing stands for a choice: an answer must be given.
  ///
  /// - Throws: ``EditEnd``
  func ask(_ question: String, _ choices: [Choice]) throws -> Character {
    let words = choices.map(\.words).joined(separator: ", ")
    while true {
      guard let line = try answer(to: "\(question) \(words): ") else { throw EditEnd.inputEnded }
      if let letter = line.lowercased().first, let choice = choices.first(where: { $0.letter == letter }) {
        return choice.letter
      }
      say("answer with \(choices.map { String($0.letter) }.joined(separator: ", "))\n")
    }
  }

  /// The line that is answered, without blanks around it; nil at the end of the input.
  func answer(to question: String) throws -> String? {
    say(question)
    var line: [UInt8] = []
    while true {
      var entries = [PollEntry(number: STDIN_FILENO, .readable), interrupts.interest]
      _ = try poll(&entries, milliseconds: nil)
      if let signal = try interrupts.next() {
        say("\n")
        throw EditEnd.interrupted(signal)
      }
      if entries[0].got.isEmpty { continue }
      guard let byte = Self.readByte() else {
        say("\n")
        return line.isEmpty ? nil : Self.text(line)
      }
      if byte == UInt8(ascii: "\n") { return Self.text(line) }
      if line.count < 4096 { line.append(byte) }
    }
  }

  /// One at a time: what follows may be for the editor. A terminal that is lost is an input that ended.
  private static func readByte() -> UInt8? {
    let input = FileDescriptor(owning: STDIN_FILENO)
    let byte = (try? input.read(upTo: 1))?.first
    _ = input.release()
    return byte
  }

  private static func text(_ bytes: [UInt8]) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    let start = bytes.drop(while: isBlank)
    return String(
      decoding: start.prefix(start.count - start.reversed().prefix(while: isBlank).count), as: UTF8.self)
  }
}
