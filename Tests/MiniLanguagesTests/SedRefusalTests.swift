import MiniLanguages
import Testing

/// What never runs, and what the caller is told: the cause and the place.
@Suite struct SedRefusalTests {
  @Test(arguments: [
    // Writing, reading, running.
    ("w /tmp/x", 0, "`w` writes a file"), ("w/tmp/x", 0, "`w` writes a file"),
    ("1,5w out", 3, "`w` writes a file"),
    ("W /tmp/x", 0, "`W` writes a file"), ("p;w x", 2, "`w` writes a file"),
    ("{w x\n}", 1, "`w` writes a file"),
    ("w /dev/stdout", 0, "`w` writes a file"), ("/x/ w y", 4, "`w` writes a file"),
    ("1!w y", 2, "`w` writes a file"),
    ("r /etc/shadow", 0, "`r` reads a file that nobody checked"),
    ("R x", 0, "`R` reads a file that nobody checked"),
    ("0r /etc/passwd", 0, "there is no line 0"), ("$r x", 1, "`r` reads a file that nobody checked"),
    ("r /dev/stdin", 0, "`r` reads a file that nobody checked"), ("e", 0, "`e` runs a command"),
    ("e id", 0, "`e` runs a command"), ("1e id", 1, "`e` runs a command"),
    ("/x/{e\n}", 4, "`e` runs a command"),
    ("s/a/b/w x", 6, "the flag `w` writes a file"), ("s/a/b/gw x", 7, "the flag `w` writes a file"),
    ("s/a/b/ w x", 7, "the flag `w` writes a file"), ("s/a/b/w/dev/stdout", 6, "the flag `w` writes a file"),
    ("s/a/b/e", 6, "the flag `e` runs a command"), ("s/a/b/pe", 7, "the flag `e` runs a command"),
    ("s/.*/id/ge", 9, "the flag `e` runs a command"), ("s/a/b/ew x", 6, "the flag `e` runs a command"),
    ("s/a/b/3e", 7, "the flag `e` runs a command"), ("s,a,b,Ie", 7, "the flag `e` runs a command"),
    ("s/a\\/b/c/w x", 9, "the flag `w` writes a file"), ("s/[/]/x/w y", 8, "the flag `w` writes a file"),
    ("sxaxbxw y", 6, "the flag `w` writes a file"), ("s/a/b\\/w x/w y", 11, "the flag `w` writes a file"),
    ("\\xaxw y", 4, "`w` writes a file"), ("/[/]/w y", 5, "`w` writes a file"),
    ("/a/Iw y", 4, "`w` writes a file"),
    // What a tool or a version could read differently.
    ("#n", 0, "`#n` at the start of a script turns off printing"),
    ("#nothing", 0, "`#n` at the start of a script turns off printing"),
    ("#n\np", 0, "`#n` at the start of a script turns off printing"),
    ("v", 0, "`v` asks for a version of sed"), ("v 4.2", 0, "`v` asks for a version of sed"),
    (":a b", 3, "a label has letters, digits and `_ . -`, and ends its command"),
    (":a,b", 2, "a label has letters, digits and `_ . -`, and ends its command"),
    ("b a p", 4, "a label has letters, digits and `_ . -`, and ends its command"),
    ("s\\a\\b\\", 1, "this cannot be a delimiter"), ("s\na\nb\n", 1, "this cannot be a delimiter"),
    ("\\\\a\\p", 1, "this cannot be a delimiter"), ("s[a[b[", 1, "this cannot be a delimiter"),
    ("séaébé", 1, "a delimiter is a printable ASCII character"),
    ("s a b ", 1, "a delimiter is a printable ASCII character"),
    ("s/a/\\c\\/", 7, "`\\c` takes a letter"), ("s/\\c[/x/", 5, "`\\c` takes a letter"),
    ("y/\\x61/Z/", 2, "`y` does not know `\\x`"),
    ("y/é/e/", 2, "`y` takes ASCII characters, a line break as `\\n`"),
    ("a\\\\foo", 2, "neither a line break nor a text follows `\\`"),
    ("a\\  \nfoo", 4, "neither a line break nor a text follows `\\`"),
    ("a x\\q", 3, "a text does not know `\\q`"),
    ("a x\\x41", 3, "a text does not know `\\x`"), ("s/a/b/\r", 6, "`s` has no flag `\\x0d`"),
    ("1,2~3p", 3, "a step cannot end a range"), ("99999999999p", 0, "a number has at most nine digits"),
    ("1p\0", 2, "a script cannot hold a NUL byte"), ("q256", 1, "an exit status is at most 255"),
    ("l 10000", 2, "a width is at most 9999"),
    // Incomplete pieces.
    ("a", 0, "`a` without its text"), ("a\\", 2, "neither a line break nor a text follows `\\`"),
    ("a\\\n", 0, "`a` without its text"),
    ("i", 0, "`i` without its text"), ("c\n", 0, "`c` without its text"),
    ("$!N;a\\", 6, "neither a line break nor a text follows `\\`"),
    ("a foo\\", 5, "a backslash ends the script"), ("s/a\\", 3, "a backslash ends the script"),
    ("s/a/\\", 4, "a backslash ends the script"),
    ("y/a\\", 3, "a backslash ends the script"), ("/a\\", 2, "a backslash ends the script"),
    ("\\", 1, "this cannot be a delimiter"),
    ("/x/{", 3, "`{` without `}`"), ("1{p", 1, "`{` without `}`"), ("1{a foo}", 1, "`{` without `}`"),
    ("}", 0, "`}` without `{`"),
    ("p;}", 2, "`}` without `{`"), ("{p};}", 4, "`}` without `{`"),
    // What sed refuses too, said more plainly.
    ("s/a/b", 0, "the `s` command does not end"), ("s/a", 0, "the `s` command does not end"),
    ("s", 1, "this cannot be a delimiter"),
    ("/a", 0, "the address does not end"), ("s/[a/b/", 2, "`[` without `]`"),
    ("/[[:alpha/p", 2, "`[:` without `:]`"),
    ("s/a\nb/c/", 3, "a line break in an expression"), ("s/a/b\nc/", 5, "a line break in a replacement"),
    ("s/[a\nb]/c/", 4, "a line break within `[ ]`"), ("s/a/b/x", 6, "`s` has no flag `x`"),
    ("s/a/b/gg", 7, "the flag `g` stands twice"),
    ("s/a/b/pp", 7, "the flag `p` stands twice"), ("s/a/b/2g3", 8, "`s` has two numbers"),
    ("s/a/b/0", 6, "matches count from 1"),
    ("s//b/I", 0, "an empty expression, which repeats the last one, takes no flags `I` and `M`"),
    ("//Ip", 0, "an empty expression, which repeats the last one, takes no flags"),
    ("y/a/bc/", 0, "the two halves of `y` differ in length"),
    ("y/abc/", 0, "the `y` command does not end"), ("k", 0, "sed has no command `k`"),
    ("5", 1, "a command is missing after the address"),
    ("1,p", 2, "the end of the range is missing"), (",5p", 0, "`,` without an address before it"),
    ("0p", 0, "there is no line 0"),
    ("0,5p", 0, "there is no line 0"), ("0~0p", 0, "there is no line 0"), ("+1p", 0, "`+` only ends a range"),
    ("1,+p", 3, "`+` without a number"),
    ("1~p", 2, "`~` without a step"), ("1!!p", 2, "`!` stands twice"),
    ("pp", 1, "`p` follows a command that takes nothing more"),
    ("5p10p", 2, "`1` follows a command that takes nothing more"),
    ("{p}p", 3, "`p` follows a command that takes nothing more"),
    ("1,2q", 0, "`q` takes one address"), ("1,2Q", 0, "`Q` takes one address"),
    ("1:a", 0, "a label takes no address"), (":", 0, "`:` without a label"),
    ("1}", 1, "`}` takes no address"), ("1#x", 1, "a comment takes no address"),
    ("é", 0, "sed has no command that begins with this byte"),
    ("-n", 0, "sed has no command `-`"), ("/a/,/b", 4, "the address does not end"),
  ])
  func isRefusedWithItsCauseAndPlace(_ text: String, _ offset: Int, _ reason: String) {
    let refusal = #expect(throws: ProgramRefusal.self) { try SedScript(parsing: text) }
    #expect(refusal?.reason == reason)
    #expect(refusal?.offset == offset)
  }

  @Test(arguments: [
    ("w x", "results go to standard output only: `p` prints"), ("r x", "name the file as an operand"),
    ("e id", "run the command itself, and sed on its output"), ("#n", "give the option `-n`"),
    ("1{p", "write the block in one `-e`; the text of `a`, `i` and `c` goes on to the end of its line"),
  ])
  func isToldWhatToWriteInstead(_ text: String, _ hint: String) {
    #expect(#expect(throws: ProgramRefusal.self) { try SedScript(parsing: text) }?.hint == hint)
  }

  @Test func anExpressionWithEveryDelimiterIsRefused() {
    let refusal = #expect(throws: ProgramRefusal.self) {
      try SedScript(parsing: "s/\\/,|#%@!:;~_=\"'<>`-/x/")
    }
    #expect(refusal?.reason == "the expression has every character that could delimit it")
  }
}
