/// Why the commands that are not in the tree are not.
enum SedRefusedCommand {
  static func refusal(_ letter: UInt8, at offset: Int) -> ProgramRefusal {
    switch letter {
    case UInt8(ascii: "w"), UInt8(ascii: "W"):
      ProgramRefusal(
        offset: offset, reason: "`\(Character(Unicode.Scalar(letter)))` writes a file",
        hint: "results go to standard output only: `p` prints")
    case UInt8(ascii: "r"), UInt8(ascii: "R"):
      ProgramRefusal(
        offset: offset, reason: "`\(Character(Unicode.Scalar(letter)))` reads a file that nobody checked",
        hint: "name the file as an operand")
    case UInt8(ascii: "e"):
      ProgramRefusal(
        offset: offset, reason: "`e` runs a command", hint: "run the command itself, and sed on its output")
    case UInt8(ascii: "v"):
      ProgramRefusal(
        offset: offset, reason: "`v` asks for a version of sed", hint: "leave it out: this is GNU sed")
    case UInt8(ascii: "}"):
      ProgramRefusal(offset: offset, reason: "`}` takes no address")
    case UInt8(ascii: "#"):
      ProgramRefusal(offset: offset, reason: "a comment takes no address")
    case UInt8(ascii: ","):
      ProgramRefusal(
        offset: offset, reason: "`,` without an address before it", hint: "a range is `FIRST,LAST`")
    case 0x21...0x7e:
      ProgramRefusal(
        offset: offset, reason: "sed has no command `\(Character(Unicode.Scalar(letter)))`",
        hint: "one of p P d D n N s y a i c l = q Q h H g G x z b t T F, or `{`")
    default:
      ProgramRefusal(offset: offset, reason: "sed has no command that begins with this byte")
    }
  }
}
