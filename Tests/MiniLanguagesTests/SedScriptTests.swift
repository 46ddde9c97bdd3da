import Testing

@testable import MiniLanguages

/// What people type, and what runs instead.
@Suite struct SedScriptTests {
  @Test(arguments: [
    // Printing lines and ranges.
    ("5,10p", "5,10p"), ("5p", "5p"), ("$p", "$p"), ("1p;$p", "1p\n$p"), ("10q", "10q"), ("5q;", "5q"),
    ("10,20p;20q", "10,20p\n20q"), ("2,+3p", "2,+3p"), ("2,~4p", "2,~4p"), ("0~3p", "0~3p"), ("1~2d", "1~2d"),
    ("2~0p", "2p"), ("$!d", "$!d"), ("1!G;h;$!d", "1!G\nh\n$!d"), ("$=", "$="), ("=", "="), ("1,5 p", "1,5p"),
    (" 1 , 5 ! p ; ", "1,5!p"), ("1,5! p", "1,5!p"), ("00012p", "12p"), ("2, + 3 p", "2,+3p"),
    ("1 ~ 2 p", "1~2p"),
    // Patterns as addresses.
    ("/error/p", "/error/p"), ("/error/!d", "/error/!d"), ("/BEGIN/,/END/p", "/BEGIN/,/END/p"),
    ("/a/,$p", "/a/,$p"), ("/a/,+5p", "/a/,+5p"), ("0,/x/d", "0,/x/d"), ("/error/Ip", "/error/Ip"),
    ("/a/IM,/b/ M p", "/a/IM,/b/Mp"), ("\\,/var/log,p", "\\,/var/log,p"),
    ("/\\/var\\/log/p", "\\,/var/log,p"),
    ("\\|a\\|b|p", "/a|b/p"), ("\\xREGEXxp", "/REGEX/p"), ("/^$/d", "/^$/d"),
    ("/^#/d;/^$/d", "/^#/d\n/^$/d"), ("/^\\s*$/d", "/^\\s*$/d"), ("/a/{//p}", "/a/{\n//p\n}"),
    ("/[/]/p", "\\,[/],p"), ("/[[:alpha:]/]/p", "\\,[[:alpha:]/],p"), ("/[]/]/p", "\\,[]/],p"),
    ("/[^]/]/p", "\\,[^]/],p"), ("/a\\nb/p", "/a\\nb/p"), ("/[[.].]/]/p", "\\,[[.].]/],p"),
    // Slices of a log by time.
    ("/Jan 10 09:/,/Jan 10 10:/p", "/Jan 10 09:/,/Jan 10 10:/p"),
    (
      "/2026-01-10T09:00/,/2026-01-10T09:30/{/ERROR/p}", "/2026-01-10T09:00/,/2026-01-10T09:30/{\n/ERROR/p\n}"
    ),
    ("/09:0[0-5]:/p", "/09:0[0-5]:/p"), ("/10:15/,$!d", "/10:15/,$!d"),
    ("/^2026/h;/Exception/{x;p}", "/^2026/h\n/Exception/{\nx\np\n}"),
    // Substitutions.
    ("s/a/b/", "s/a/b/"), ("s/a/b/g", "s/a/b/g"), ("s/a/b/2", "s/a/b/2"), ("s/a/b/2g", "s/a/b/2g"),
    ("s/a/b/Igp", "s/a/b/gpI"), ("s/a/b/i", "s/a/b/I"), ("s/a/b/m", "s/a/b/M"),
    ("s/a/b/ g ; p", "s/a/b/g\np"),
    ("s|/var/log|LOG|", "s,/var/log,LOG,"), ("s,a\\,b,c,", "s/a,b/c/"), ("s#\\##x#", "s/#/x/"),
    ("s/\\//-/g", "s,/,-,g"),
    ("s/^[ \\t]*//;s/[ \\t]*$//", "s/^[ \\t]*//\ns/[ \\t]*$//"), ("s/.*=//", "s/.*=//"),
    ("s/\\(a\\)\\(b\\)/\\2\\1/", "s/\\(a\\)\\(b\\)/\\2\\1/"), ("s/[0-9]+/<&>/g", "s/[0-9]+/<&>/g"),
    ("s/.*/\\U&/", "s/.*/\\U&/"), ("s/\\b./\\u&/g", "s/\\b./\\u&/g"), ("s/,/\\n/g", "s/,/\\n/g"),
    ("s/a/x\\\ny/", "s/a/x\\ny/"), ("s/a\\\nb/x/", "s/a\\nb/x/"), ("s&a&\\&&", "s/a/\\&/"),
    ("s1a1\\11", "s/a/1/"),
    ("snanbn", "s/a/b/"), ("s/[/]/x/", "s,[/],x,"), ("s,[\\,],x,", "s/[\\,]/x/"), ("s/a/b/;#done", "s/a/b/"),
    ("s/\\x41/\\x42/", "s/\\x41/\\x42/"), ("s/a/\\cA/", "s/a/\\cA/"), ("s//x/", "s//x/"), ("s/a//}", "?"),
    ("s/\\x1b\\[[0-9;]*m//g", "s/\\x1b\\[[0-9;]*m//g"), ("s/\\([^ ]*\\) .*/\\1/p", "s/\\([^ ]*\\) .*/\\1/p"),
    ("/x/s//y/g", "/x/s//y/g"), ("s/é/e/", "s/é/e/"), ("1~3s/^/> /", "1~3s/^/> /"), ("s~a~b~", "s/a/b/"),
    ("s/a/b/w", "?"), ("s.a\\.b.x.", "s/a.b/x/"), ("s+b\\+a+x+", "s/b+a/x/"),
    ("s/password=[^ &]*/password=***/g", "s/password=[^ &]*/password=***/g"),
    // Hold space, next lines, blocks.
    ("N;P;D", "N\nP\nD"), ("n;d", "n\nd"), ("$!N;s/\\n/ /", "$!N\ns/\\n/ /"), ("x;p;x", "x\np\nx"),
    ("G", "G"),
    ("H;$!d;x;s/\\n/,/g", "H\n$!d\nx\ns/\\n/,/g"), ("1{p;q}", "1{\np\nq\n}"), ("1{p;q;}", "1{\np\nq\n}"),
    ("1{p};2p", "1{\np\n}\n2p"), ("{}", "{\n}"), ("{;;p;;}", "{\np\n}"), ("1!{2!{p}}", "1!{\n2!{\np\n}\n}"),
    ("{p}}", "?"), ("/a/,/b/{/a/n;/b/!p}", "/a/,/b/{\n/a/n\n/b/!p\n}"), ("z;s/^$/x/", "z\ns/^$/x/"),
    ("F", "F"),
    // Labels and branches.
    (":a;N;$!ba;s/\\n/ /g", ":a\nN\n$!ba\ns/\\n/ /g"), (":a", ":a"),
    ("N;$!ba;s/\\n/ /g", "N\n$!ba\ns/\\n/ /g"),
    (": loop ; s/^\\( *\\)  /\\1_/;t loop", ":loop\ns/^\\( *\\)  /\\1_/\ntloop"), ("/x/b;p", "/x/b\np"),
    ("b", "b"),
    ("/x/{bend};p;:end", "/x/{\nbend\n}\np\n:end"), ("s/a/b/;T;p", "s/a/b/\nT\np"), ("{ta}", "{\nta\n}"),
    // y, l, q, Q.
    ("y/abc/ABC/", "y/abc/ABC/"), ("y,a\\,,12,", "y/a,/12/"), ("y/\\//|/", "y/\\//|/"),
    ("y/\\n/ /", "y/\\n/ /"),
    ("y/a\\\\/\\\\b/", "y/a\\\\/\\\\b/"), ("y/\\t/ /;p", "y/\t/ /\np"), ("{y/a/b/}", "{\ny/a/b/\n}"),
    ("l", "l"), ("l 5", "l5"), ("l 0;p", "l0\np"),
    ("/x/q1", "/x/q1"), ("q 5", "q5"), ("/x/Q", "/x/Q"), ("1q0", "1q0"), ("{q}", "{\nq\n}"),
    // Texts.
    ("a hello", "a\\\nhello"), ("a\\hello", "a\\\nhello"), ("a\\  hello", "a\\\n  hello"),
    ("$ a end", "$a\\\nend"),
    ("a\\\nhello", "a\\\nhello"), ("i ---\np", "i\\\n---\np"), ("1i\\  x", "1i\\\n  x"),
    ("/x/c gone", "/x/c\\\ngone"),
    ("a one\\\ntwo", "a\\\none\\\ntwo"), ("a x; p", "a\\\nx; p"), ("a\\\n\\\nx", "a\\\n\\\nx"),
    ("a a\\tb", "a\\\na\tb"),
    ("a a\\\\b", "a\\\na\\\\b"), ("a \\  x", "a\\\n  x"), ("1{a x\n}", "1{\na\\\nx\n}"),
    ("a w /tmp/x", "a\\\nw /tmp/x"),
    // Nothing, comments and line breaks.
    ("", ""), ("# only a comment", ""), ("p # print", "p"), ("p\n\n d", "p\nd"), ("p}", "?"), (";;p;", "p"),
    ("{p # x }\n}", "{\np\n}"), ("p#n", "p"), ("# n\np", "p"),
  ])
  func isReadAndPrinted(_ text: String, _ canonical: String) throws {
    guard canonical != "?" else {
      #expect(throws: ProgramRefusal.self) { try SedScript(parsing: text) }
      return
    }
    let script = try SedScript(parsing: text)
    #expect(script.description == canonical)
    #expect(try SedScript(parsing: script.description) == script)
  }

  @Test func theDelimiterIsOneThatTheExpressionDoesNotHave() throws {
    let script = try SedScript(parsing: "s/[\\/,|#]/%@/")
    #expect(script.description == "s![\\/,|#]!%@!")
  }

  @Test func theLongestScriptIsThreeThousandBytes() throws {
    let longest = "/" + String(repeating: "a", count: SedScript.longest - 3) + "/p"
    #expect(try SedScript(parsing: longest).description == longest)
    #expect(throws: ProgramRefusal.self) { try SedScript(parsing: longest + ";") }
  }

  @Test func aScriptThatPrintsLongerThanTheLimitIsRefused() {
    #expect(throws: ProgramRefusal.self) { try SedScript(parsing: String(repeating: "{p}", count: 900)) }
  }

  @Test func blocksNestUpToTheLimit() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "{", count: depth) + "p" + String(repeating: "}", count: depth)
    }
    _ = try SedScript(parsing: nested(SedScript.deepest))
    #expect(throws: ProgramRefusal.self) { try SedScript(parsing: nested(SedScript.deepest + 1)) }
  }
}
