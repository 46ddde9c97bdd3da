/// Words of awk and of its dialects that a program may not use, each with the reason.
///
/// They are words of the language: a string or a comment may hold them. Names that one of mawk, gawk, original-awk and
/// busybox awk reads as something other than a variable are among them, so that a name is a name to all of them.
enum AwkRestrictions {
  struct Reason: Sendable {
    var reason: String
    var hint: String
  }

  static func reason(against word: String) -> Reason? { words[word] }

  /// Variables with a meaning of their own, that can be read and assigned to, but are no arrays, parameters or
  /// functions.
  static let specialVariables: Set<String> = [
    "FS", "OFS", "ORS", "RS", "NR", "NF", "FNR", "FILENAME", "SUBSEP", "RSTART", "RLENGTH", "CONVFMT", "OFMT",
  ]

  private static let words: [String: Reason] = {
    var words: [String: Reason] = [
      "system": Reason(
        reason: "`system` runs commands",
        hint: "run the command by itself and pipe its output into awk; to flush, write `fflush()`"),
      "getline": Reason(
        reason: "`getline` reads files and commands that are not operands",
        hint: "name the files as operands: `awk 'NR==FNR {seen[$1]; next} $1 in seen' a b`"),
      "close": Reason(
        reason: "`close` has nothing to close, since only operands are read", hint: "leave it out"),
      "ENVIRON": Reason(
        reason: "`ENVIRON` is the environment, and environments may hold secrets",
        hint: "pass a value with `-v name=value`"),
      "ARGV": Reason(
        reason: "`ARGV` decides which files awk opens",
        hint: "name the files as operands; pass values with `-v name=value`"),
      "ARGC": Reason(
        reason: "`ARGC` decides which files awk opens",
        hint: "name the files as operands; pass values with `-v name=value`"),
      "PROCINFO": Reason(
        reason: "`PROCINFO` is gawk's own, and steers its files and processes",
        hint: "to sort, end the program and write `awk '…' | sort`"),
      "SYMTAB": Reason(
        reason: "`SYMTAB` reaches every variable by a name made at run time", hint: "use an array of your own"
      ),
      "FUNCTAB": Reason(
        reason: "`FUNCTAB` reaches every function by a name made at run time",
        hint: "call the function by its name"),
      "func": Reason(reason: "`func` is not a word of every awk", hint: "write `function`"),
      "gensub": Reason(
        reason: "`gensub` works in gawk only",
        hint: "copy the text and use gsub: `s = $1; gsub(/a/, \"b\", s)`"),
      "strtonum": Reason(reason: "`strtonum` works in gawk only", hint: "write `x + 0` for a decimal number"),
      "IGNORECASE": Reason(
        reason: "`IGNORECASE` works in gawk only", hint: "write `tolower($0) ~ /text/`"),
      "FPAT": Reason(reason: "`FPAT` works in gawk only", hint: "use `match` and `substr`, or another -F"),
      "FIELDWIDTHS": Reason(reason: "`FIELDWIDTHS` works in gawk only", hint: "use `substr`"),
      "RT": Reason(reason: "`RT` works in gawk only", hint: "leave it out"),
      "ARGIND": Reason(reason: "`ARGIND` works in gawk only", hint: "write `FNR == 1 { file++ }`"),
      "BEGINFILE": Reason(reason: "`BEGINFILE` works in gawk only", hint: "write `FNR == 1 { … }`"),
      "ENDFILE": Reason(
        reason: "`ENDFILE` works in gawk only", hint: "write `FNR == 1 { … }` and `END { … }`"),
    ]
    for name in ["asort", "asorti"] {
      words[name] = Reason(
        reason: "`\(name)` works in gawk only", hint: "end the program and write `awk '…' | sort`")
    }
    for name in ["switch", "case", "default"] {
      words[name] = Reason(
        reason: "`\(name)` is a word of gawk only", hint: "use `if` and `else`, or another name")
    }
    for name in [
      "and", "or", "xor", "compl", "lshift", "rshift", "patsplit", "typeof", "isarray", "mkbool", "intdiv0",
      "bindtextdomain", "dcgettext", "dcngettext", "adump", "stopme", "LINT", "TEXTDOMAIN", "BINMODE",
      "ERRNO", "PREC",
      "ROUNDMODE",
    ] {
      words[name] = Reason(
        reason: "`\(name)` has a meaning of its own in some awks", hint: "use another name")
    }
    return words
  }()
}
