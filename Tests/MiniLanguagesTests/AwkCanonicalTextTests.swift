import Testing

@testable import MiniLanguages

/// What runs for what was typed, where awk's grammar is easily misread.
@Suite struct AwkCanonicalTextTests {
  @Test(
    arguments: [
      // Patterns and actions
      ("1", "1 { print; }"), ("{print $1}", "{ print($1); }"), ("BEGIN{}", "BEGIN { }"),
      ("/a/,/b/", "($0 ~ /a/), ($0 ~ /b/) { print; }"),
      ("/a/{x++}/b/{y++}", "($0 ~ /a/) { x++; } ($0 ~ /b/) { y++; }"),
      ("$1>2;$2<3", "($1 > 2) { print; } ($2 < 3) { print; }"), ("{;;x;}", "{ x; }"),
      ("END{print NR};", "END { print(NR); }"),
      // Signs, powers, steps
      ("{print -2^2}", "{ print((-(2 ^ 2))); }"), ("{print 2^-3^2}", "{ print((2 ^ (-(3 ^ 2)))); }"),
      ("{print 2**3**2}", "{ print((2 ^ (3 ^ 2))); }"), ("{x**=2}", "{ x ^= 2; }"),
      ("{print !x+1}", "{ print(((!x) + 1)); }"),
      ("{print !x~y}", "{ print(((!x) ~ y)); }"), ("{print - -x}", "{ print((-(-x))); }"),
      ("{print x---y}", "{ print(((x--) - y)); }"),
      ("{print x+++y}", "{ print(((x++) + y)); }"), ("{$i++}", "{ $(i)++; }"), ("{$2--}", "{ $(2)--; }"),
      ("{$++i}", "{ $(++i); }"), ("{$i++=3}", nil),
      ("{$$0++}", "{ $($0)++; }"), ("{print $NF-1}", "{ print(($NF - 1)); }"),
      ("{print $x^2}", "{ print(($x ^ 2)); }"),
      ("{print $a[1]}", "{ print($(a[1])); }"), ("{print $length}", "{ print($(length($0))); }"),
      ("{print $1$2}", "{ print(($1 $2)); }"),
      ("{print x y++}", "{ print(((x) (y++))); }"), ("{print 1 ++x}", "{ print((1 (++x))); }"),
      // Grouping from the left and from the right
      ("{print 1-2-3}", "{ print(((1 - 2) - 3)); }"), ("{print 8/4/2}", "{ print(((8 / 4) / 2)); }"),
      ("{print 7%4*2}", "{ print(((7 % 4) * 2)); }"),
      ("{a=b=c}", "{ a = (b = c); }"), ("{print a?b:c?d:e}", "{ print((a ? b : (c ? d : e))); }"),
      ("{print a?b?c:d:e}", "{ print((a ? (b ? c : d) : e)); }"),
      ("{print a||b&&c}", "{ print((a || (b && c))); }"), ("{x=y~z}", "{ x = (y ~ z); }"),
      ("{print a<b\"c\"}", "{ print((a < (b \"c\"))); }"),
      ("{print a b+c d}", "{ print(((a) (b + c) d)); }"), ("{print (a b) c}", "{ print(((a b) c)); }"),
      ("{print a (b c)}", "{ print(((a) (b c))); }"),
      ("{a&&b=1}", "{ (a && (b = 1)); }"), ("{print a in b in c}", "{ print(((a in b) in c)); }"),
      ("{print !a in b}", "{ print(((!a) in b)); }"),
      // Side by side with signs: a sign between two operands subtracts
      ("{print 1 \" \" -1}", "{ print((1 (\" \" - 1))); }"),
      ("{print -1 \" \" -1}", "{ print(((-1) (\" \" - 1))); }"), ("{print a -1}", "{ print((a - 1)); }"),
      // print and its parentheses
      ("{print(1)(2)}", "{ print((1 2)); }"), ("{print (1)+(2)}", "{ print((1 + 2)); }"),
      ("{print (1,2)}", "{ print(1, 2); }"),
      ("{print (1),(2)}", "{ print(1, 2); }"), ("{print (1,2) in a}", "{ print(((1, 2) in a)); }"),
      ("{print (1,2) in a,3}", "{ print(((1, 2) in a), 3); }"),
      ("{print (1>2)}", "{ print((1 > 2)); }"), ("{print (1>2),f[1>2]}", "{ print((1 > 2), f[(1 > 2)]); }"),
      ("{print (1>2)?3:4}", "{ print(((1 > 2) ? 3 : 4)); }"),
      ("{print substr(a>b,1)}", "{ print(substr((a > b), 1)); }"),
      ("{print(1,2>3)}", "{ print(1, (2 > 3)); }"), ("{print 1==1}", "{ print((1 == 1)); }"),
      ("{printf(\"a\")}", "{ printf(\"a\"); }"),
      ("{print,}", nil), ("{print}", "{ print; }"), ("{print \"a\" > \"b\"}", nil),
      ("{x > 1}", "{ (x > 1); }"),
      // A slash divides behind an operand and opens a regular expression elsewhere
      ("{print a/b/c}", "{ print(((a / b) / c)); }"), ("{print a/=2}", "{ print((a /= 2)); }"),
      ("{print /=/}", "{ print(($0 ~ /[=]/)); }"),
      ("{print x++/2}", "{ print(((x++) / 2)); }"), ("{print $1/2}", "{ print(($1 / 2)); }"),
      ("{print a[1]/2/b}", "{ print(((a[1] / 2) / b)); }"),
      ("{print (a)/2/b}", "{ print(((a / 2) / b)); }"), ("{print !/a/}", "{ print((!($0 ~ /a/))); }"),
      ("{x=/a/}", "{ x = ($0 ~ /a/); }"),
      ("{print length/2}", "{ print((length($0) / 2)); }"), ("{print NF/2}", "{ print((NF / 2)); }"),
      ("{print a ~ /b/ && /c/}", "{ print(((a ~ /b/) && ($0 ~ /c/))); }"),
      ("{print /a/ ~ 1}", "{ print((($0 ~ /a/) ~ 1)); }"), ("{f=1}/a/", "{ f = 1; } ($0 ~ /a/) { print; }"),
      ("$1 ~ (/a/)", "($1 ~ /a/) { print; }"),
      // Regular expressions
      ("/[/]/", "($0 ~ /[\\/]/) { print; }"), ("/[^]/]/", "($0 ~ /[^]\\/]/) { print; }"),
      ("/a\\/b/", "($0 ~ /a\\/b/) { print; }"),
      ("/\\[/", "($0 ~ /\\[/) { print; }"), ("/a]/", "($0 ~ /a\\]/) { print; }"),
      ("/[[:alpha:]\\/]/", "($0 ~ /[[:alpha:]\\/]/) { print; }"),
      ("/\\\\/", "($0 ~ /\\\\/) { print; }"), ("/[[]/", "($0 ~ /[[]/) { print; }"),
      ("/\"/", "($0 ~ /\"/) { print; }"), ("/#/", "($0 ~ /#/) { print; }"),
      ("/é/", "($0 ~ /é/) { print; }"), ("{split($0,a,/,/)}", "{ split($0, a, /,/); }"),
      ("{gsub(/a/,/b/)}", "{ gsub(/a/, ($0 ~ /b/)); }"),
      // Numbers and strings
      ("{print 007, 1., .5, 1e3, 1E+3, 1e-3}", "{ print(7, 1, 0.5, 1e3, 1e3, 1e-3); }"),
      ("{print 1.2.3}", "{ print((1.2 0.3)); }"),
      ("{print 1x}", "{ print((1 x)); }"), ("{print 1e}", "{ print((1 e)); }"),
      ("{print \"\\.\\/\\\"\\x41\\101\\t\"}", "{ print(\"\\\\./\\\"AA\\t\"); }"),
      ("{print \"\\1018\"}", "{ print(\"A8\"); }"), ("{print \"\\0\"}", "{ print(\"\\000\"); }"),
      ("{print \"é\\351\"}", "{ print(\"\\303\\251\\351\"); }"),
      ("{print \"a#b\" #c}", nil), ("{print \"a#b\" #c\n}", "{ print(\"a#b\"); }"),
      ("{print \"system(1) | getline > x\"}", "{ print(\"system(1) | getline > x\"); }"),
      // Statements
      ("{if(a)b;else c}", "{ if (a) { b; } else { c; } }"),
      ("{if(a){b}else{c}}", "{ if (a) { b; } else { c; } }"),
      ("{if(a)b\n\nelse c}", "{ if (a) { b; } else { c; } }"),
      ("{if(a)if(b)c;else d}", "{ if (a) { if (b) { c; } else { d; } } }"),
      ("{if(a);else b}", "{ if (a) { } else { b; } }"), ("{if (a) b else c}", nil),
      ("{while(a);}", "{ while (a) { } }"), ("{while(a){b;c}}", "{ while (a) { b; c; } }"),
      ("{do a;while(b)}", "{ do { a; } while (b); }"),
      ("{do{a}while(b);c}", "{ do { a; } while (b); c; }"), ("{for(;;)break}", "{ for (; ; ) { break; } }"),
      ("{for(i=0;i<2;i++)a}", "{ for (i = 0; (i < 2); i++) { a; } }"),
      ("{for(k in a)b}", "{ for (k in a) { b; } }"),
      ("{for((k in a);;)break}", "{ for ((k in a); ; ) { break; } }"),
      ("{for(k in a;;)break}", "{ for ((k in a); ; ) { break; } }"),
      ("{{a;{b}}c}", "{ a; b; c; }"), ("{delete a;delete b[1,2]}", "{ delete a; delete b[1, 2]; }"),
      ("{exit 1+1}", "{ exit (1 + 1); }"), ("{next}", "{ next; }"),
      ("function f(a,b){return}{f(1);f(a)}", "function f(a, b) { return; } { f(1); f(a); }"),
      ("{f (1)}", "{ (f 1); }"),
    ] as [(String, String?)])
  func whatRunsIsWhatTheGrammarSays(_ text: String, _ canonical: String?) throws {
    guard let canonical else {
      #expect(throws: ProgramRefusal.self) { try AwkProgram(parsing: text) }
      return
    }
    let program = try AwkProgram(parsing: text)
    #expect(program.description == canonical)
    #expect(try AwkProgram(parsing: canonical) == program)
  }

  @Test(arguments: AwkAllowedPrograms.all)
  func whatRunsIsReadAsTheSameProgramAgain(_ text: String) throws {
    let program = try AwkProgram(parsing: text)
    #expect(try AwkProgram(parsing: program.description) == program)
    #expect(!program.description.contains("\n"))
  }
}
