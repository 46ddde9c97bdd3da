import Testing

@testable import MiniLanguages

/// What does not run, and what the refusal says.
@Suite struct AwkRefusalTests {
  @Test(
    arguments: [
      // Commands
      ("BEGIN{system(\"id\")}", 6, "`system` runs commands"),
      ("{ system (\"rm \" $1) }", 2, "`system` runs commands"),
      ("BEGIN{\"date\"|getline d}", 12, "`|` in a program runs a command"),
      ("{print | \"sort\"}", 7, "`|` in a program runs a command"),
      ("{print $1 | \"sort -u\"}", 10, "`|` in a program runs a command"),
      ("{printf \"x\" | \"sh\"}", 12, "`|` in a program runs a command"),
      ("{print(1)|\"sh\"}", 9, "`|` in a program runs a command"),
      ("{print(1,2)|\"sh\"}", 11, "`|` in a program runs a command"),
      ("{print |& \"sh\"}", 7, "`|` in a program runs a command"),
      ("{x = (\"id\" | getline)}", 11, "`|` in a program runs a command"),
      ("BEGIN{if((\"id\"|getline)>0);}", 14, "`|` in a program runs a command"),
      ("BEGIN{f=\"system\";@f(\"id\")}", 17, "`@`"),
      ("@load \"filefuncs\"", 0, "`@`"), ("@include \"x\"", 0, "`@`"), ("BEGIN{x=@/a/}", 8, "`@`"),
      ("@namespace \"a\"", 0, "`@`"), ("{awk::system(1)}", 4, "`;`"),
      // Files
      ("{print > \"f\"}", 7, "`>` after print writes a file"),
      ("{print $1 > $2}", 10, "`>` after print writes a file"), ("{print >> \"f\"}", 7, "`>>` writes a file"),
      ("{print $1, $2 > \"/dev/stderr\"}", 14, "`>` after print writes a file"),
      ("{printf \"%s\", $1 > \"f\"}", 17, "`>` after print writes a file"),
      ("{print (1)>\"f\"}", 10, "`>` after print writes a file"),
      ("{print (1,2)>\"f\"}", 12, "`>` after print writes a file"),
      ("{print(1)(2)>\"f\"}", 12, "`>` after print"),
      ("{print a, (b) > c ? d : e}", 14, "`>` after print writes a file"),
      ("{print 1 > 2}", 9, "`>` after print writes a file"), ("{print a[1>2] > 3}", 14, "`>` after print"),
      ("{print !x > \"f\"}", 10, "`>` after print"), ("{print x = 1 > \"f\"}", 13, "`>` after print"),
      ("{print a ? b : c > \"f\"}", 17, "`>` after print"),
      ("{print -1 > \"f\"}", 10, "`>` after print"), ("{print $1++ > \"f\"}", 12, "`>` after print"),
      ("{print 1 in a > \"f\"}", 14, "`>` after print"), ("{print /a/ > \"f\"}", 11, "`>` after print"),
      ("{getline}", 1, "`getline` reads files"), ("{getline x}", 1, "`getline` reads files"),
      ("{getline < \"f\"}", 1, "`getline` reads files"),
      ("{while ((getline l < \"f\") > 0) n++}", 9, "`getline`"),
      ("{x = getline y}", 5, "`getline` reads files"), ("{close(\"f\")}", 1, "`close` has nothing to close"),
      ("{fflush(\"f\")}", 1, "`fflush` has too many arguments"),
      ("BEGIN{ARGV[1]=\"/etc/shadow\"}", 6, "`ARGV` decides which files awk opens"),
      ("BEGIN{ARGC=3}", 6, "`ARGC` decides"), ("{FILENAME=\"x\"}", 1, "`FILENAME`"),
      ("{split($0,ARGV)}", 10, "`ARGV` decides"), ("{sub(/a/,\"b\",FILENAME)}", 5, "`FILENAME`"),
      ("{for(FILENAME in a);}", 5, "`FILENAME`"), ("{FILENAME++}", 1, "`FILENAME`"),
      ("{++FILENAME}", 3, "`FILENAME`"),
      // Environment and names made at run time
      ("{print ENVIRON[\"HOME\"]}", 7, "`ENVIRON` is the environment"),
      ("BEGIN{for(k in ENVIRON)print k}", 15, "`ENVIRON`"), ("{print length(ENVIRON)}", 14, "`ENVIRON`"),
      ("{f(ENVIRON)}function f(e){print e[1]}", 3, "`ENVIRON`"), ("{\"x\" in ENVIRON}", 8, "`ENVIRON`"),
      ("BEGIN{PROCINFO[\"sorted_in\"]=\"@ind_str_asc\"}", 6, "`PROCINFO`"),
      ("BEGIN{SYMTAB[\"x\"]=1}", 6, "`SYMTAB` reaches every variable"),
      ("BEGIN{print FUNCTAB[1]}", 12, "`FUNCTAB` reaches every function"),
      // Of one awk only
      ("{print gensub(/a/,\"b\",1)}", 7, "`gensub` works in gawk only"),
      ("{asort(a)}", 1, "`asort` works in gawk only"),
      ("{print strtonum(\"0x1f\")}", 7, "`strtonum` works in gawk only"),
      ("{match($0,/a/,m)}", 1, "`match` has too many arguments"),
      ("{split($0,a,/,/,s)}", 1, "`split` has too many arguments"),
      ("BEGIN{IGNORECASE=1}", 6, "`IGNORECASE` works in gawk only"),
      ("BEGIN{FPAT=\"x\"}", 6, "`FPAT` works in gawk only"), ("{print RT}", 7, "`RT` works in gawk only"),
      ("BEGINFILE{x}", 0, "`BEGINFILE` works in gawk only"), ("{a[1][2]=3}", 5, "arrays in arrays"),
      ("{switch(x){case 1:y}}", 1, "`switch` is a word of gawk only"),
      ("func f(){}", 0, "`func` is not a word of every awk"),
      ("{print and(1,2)}", 7, "`and` has a meaning of its own"),
      ("{print 0x1F}", 7, "awks disagree about hexadecimal constants"), ("{or=1}", 1, "`or` has a meaning"),
      ("{default=1}", 1, "`default` is a word"), ("{system=1}", 1, "`system`"),
      // Formats that mawk hands to printf(3)
      ("BEGIN{OFMT=\"%s\"}", 6, "the value of `OFMT`"),
      ("BEGIN{CONVFMT=\"%.2f\"}", 6, "the value of `CONVFMT`"),
      ("BEGIN{OFMT=\"%n\"}", 6, "the value of `OFMT`"),
      ("BEGIN{OFMT=x}", 6, "`OFMT` is set to a string constant only"),
      ("BEGIN{OFMT=\"%d\"}", 6, "the value of `OFMT`"), ("BEGIN{OFMT=\"%.2f%s\"}", 6, "the value of `OFMT`"),
      ("BEGIN{OFMT=\"%.999g\"}", 6, "the value of `OFMT`"),
      ("{CONVFMT=CONVFMT \"x\"}", 1, "`CONVFMT` is set to a string"),
      ("{sub(/g/,\"s\",CONVFMT)}", 5, "`CONVFMT` is set by a plain assignment"),
      ("{for(OFMT in a);}", 5, "`OFMT` is set by a plain"), ("{OFMT+=1}", 1, "`OFMT` is set by a plain"),
      ("{x=OFMT++}", 3, "`OFMT` is set by a plain"),
      // What is no program
      ("", 0, "the program is empty"), ("# nothing", 0, "the program is empty"),
      ("{print $1", 9, "`}` is missing"), ("{print \"a}", 7, "the string is not closed"),
      ("/abc", 0, "the regular expression is not closed"),
      ("/a[/", 2, "a `[` of the regular expression is not closed"), ("/[[.a.]]/", 2, "`[:`, `[.` and `[=`"),
      ("/[[:alpha]/", 2, "`[:`"), ("/[\\][]/", 0, "awks disagree"),
      ("{print \"a\\\n\"}", 9, "a backslash in a string"),
      ("{print \\$1}", 7, "a backslash stands outside of strings"), ("{print 'a'}", 7, "`'` quotes nothing"),
      ("{print “a”}", 7, "a character that is not ASCII"), ("{print a & b}", 9, "`&` is no operator"),
      ("{\u{1}}", 1, "a control character"),
      ("BEGIN", 5, "`{` is missing after `BEGIN`"), ("BEGIN print", 6, "`{` is missing after `BEGIN`"),
      ("{print a < b < c}", 13, "two comparisons stand in a row"),
      ("{print $-1}", 8, "a sign stands right behind `$`"),
      ("{(x)++}", 4, "`++` stands behind parentheses"), ("{(x)=1}", 4, "`=` stands behind parentheses"),
      ("{1=2}", 2, "`;` is missing"), ("{++1}", 3, "`++` and `--` want"),
      ("{print (1,2)(3)}", 12, "`;` is missing after the operands of print"),
      ("{x=(1,2)}", 8, "`in` is missing after a list"), ("{f(1)}", 1, "awk has no function `f`"),
      ("function f(a){}{f(1,2)}", 16, "the function `f` takes 1 arguments"),
      ("function f(){}{f=1}", 15, "`f` is a function and a variable"),
      ("function f(){}function f(){}", 23, "the function `f` is defined twice"),
      ("function f(a,a){}", 13, "the parameter `a` stands twice"),
      ("function NF(){}", 9, "`NF` is a variable of awk's own"),
      ("function f(NR){}", 11, "`NR` is a variable"),
      ("function f(f){}", 11, "`f` is a function and a variable"), ("{NR[1]=2}", 1, "`NR` is no array"),
      ("{return 1}", 1, "`return` stands outside"), ("{break}", 1, "`break` stands outside"),
      ("{printf}", 1, "`printf` has no format"),
      ("{sub(/a/,\"b\",1)}", 5, "`sub` changes its third argument"),
      ("{split($0,1)}", 7, "the second argument of `split`"),
      ("{substr($0)}", 1, "`substr` has too few arguments"), ("{index(a)}", 1, "`index` has too few"),
      ("{substr}", 7, "`(` is missing after `substr`"),
      ("{print 1 print 2}", 9, "`;` is missing after the operands of print"),
      ("{if (x) print 1 else print 2}", 16, "`;` is missing after the operands"),
      ("{do x++}", 7, "`while` is missing"), ("1 2 {", 5, "`}` is missing"),
      ("{print a.b}", 8, "a character stands here"),
    ] as [(String, Int, String)])
  func aProgramIsRefusedWithItsReason(_ text: String, _ offset: Int, _ reason: String) {
    let refusal = #expect(throws: ProgramRefusal.self) { try AwkProgram(parsing: text) }
    #expect(refusal?.offset == offset, "\(String(describing: refusal))")
    #expect(refusal?.reason.hasPrefix(reason) ?? false, "\(String(describing: refusal))")
  }

  @Test(arguments: [
    ("{print > \"f\"}", "results go to standard output only; to compare, write `print (a > b)`"),
    ("{print | \"sort\"}", "end the program and pipe in the line: `awk '…' | sort`"),
    ("{getline}", "name the files as operands: `awk 'NR==FNR {seen[$1]; next} $1 in seen' a b`"),
    ("{print ENVIRON[1]}", "pass a value with `-v name=value`"),
    ("{asort(a)}", "end the program and write `awk '…' | sort`"),
    ("{match($0,/a/,m)}", "use RSTART and RLENGTH: `if (match($0, /x+/)) print substr($0, RSTART, RLENGTH)`"),
  ])
  func aRefusalSaysWhatToWriteInstead(_ text: String, _ hint: String) {
    #expect(#expect(throws: ProgramRefusal.self) { try AwkProgram(parsing: text) }?.hint == hint)
  }

  /// The forms that hints name must pass themselves.
  @Test(arguments: [
    "NR==FNR {seen[$1]; next} $1 in seen", "{if (match($0, /x+/)) print substr($0, RSTART, RLENGTH)}",
    "{print (a > b)}", "{ s = $1; gsub(/a/, \"b\", s) }",
    "{print $(NF - 1)}", "tolower($0) ~ /text/", "FNR == 1 { file++ }", "{ fflush() }", "{ print }",
    "BEGIN { OFMT = \"%.2g\" }", "{ printf \"%s\\n\", $1 }",
  ])
  func whatHintsNameIsAllowed(_ text: String) {
    #expect(throws: Never.self) { try AwkProgram(parsing: text) }
  }
}
