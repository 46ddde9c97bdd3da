import Testing

@testable import MiniLanguages

/// The real sed gives the same for what was typed and for what runs instead.
@Suite struct SedDifferentialTests {
  static let inputs = [
    "", "one line\n", "a\nb\nc\nab\n/var/log\nx,y|z#\n1 2  3\n\\back\n",
    "2026-01-10T09:00:01 host app[12]: ERROR /srv/a b failed\n2026-01-10T09:00:02 host app[12]: ok\n\n# end\nno newline",
    "A=1\nB = two\n[section]\n\tindented; {x}\nnan\n",
  ]

  /// Holds the two against each other on each input. A script that asks for `-n` is also run with it.
  static func compare(_ text: String, _ canonical: String) throws {
    for input in inputs {
      for options in [["-n"], ["-E"], ["-s", "-u", "-z"]] {
        let typed = try ToolRun("/usr/bin/sed", options + ["-e", text], input: input)
        let printed = try ToolRun("/usr/bin/sed", options + ["--sandbox", "-e", canonical], input: input)
        // A script that loops is ended by its limits in both cases, at no particular line.
        if typed.status == 137 && printed.status == 137 { continue }
        #expect(
          typed.result == printed.result,
          "\(options) \(text.debugDescription) as \(canonical.debugDescription)")
      }
    }
  }

  @Test(arguments: [
    "5,10p", "$p", "2,+1p", "2,~2p", "0~2p", "1~2d", "$!d", "1!G;h;$!d", "/a/Ip", "\\,/var/log,p",
    "\\|a\\|b|p", "/[/]/p",
    "/a/{//p}", "0,/a/d", "/[^]/]/p", "s/a/b/2g", "s/A/x/Igp", "s/^/> /mg", "s|/var/log|LOG|", "s,a\\,b,c,",
    "s,x\\,y,Z,", "s#\\##x#",
    "s/\\//-/g", "s/^[ \\t]*//;s/[ \\t]*$//", "s/\\(.\\)\\(.\\)/\\2\\1/", "s/(.)(.)/\\2\\1/", "s/.*/\\U&/",
    "s/,/\\n/g", "s/a/x\\\ny/",
    "s&a&\\&&", "s1a1\\11", "snanbn", "snx\\nbnYn", "s+b\\+a+X+", "s.a\\.b.X.", "s|a\\|b|X|", "s*\\*+*Y*",
    "s^\\^x^Y^", "s$x\\$$Y$",
    "s(a\\(b(X(", "s,[\\,],X,", "s,[\\/],X,", "s]a\\]]b]", "s/\\x61/\\x26/", "s/a/\\x5cn/", "s/a/\\cA/",
    "s/[\\n]/X/", "N;s/[\\n]/X/",
    "N;P;D", "$!N;s/\\n/ /", "H;$!d;x;s/\\n/,/g", "1{p;q}", "{;;p;;}", "1!{2!{p}}", ":a;N;$!ba;s/\\n/ /g",
    "s/a/b/;T;p", "{ta\n:a\n}",
    "y/abc/ABC/", "y,a\\,,12,", "y/\\//|/", "N;y/\\n/ /", "y/a\\\\/\\\\b/", "{y/\\t/ /}", "l 5", "l", "/b/q3",
    "/b/Q", "a hello", "a\\hello",
    "a\\  hello", "a   hello", "a \\  x", "a\\\n   sp", "a one\\\ntwo", "a a\\tb\\\\c",
    "i\\\n\\\n  x\\\n\\\n", "1{a x\n}", "/b/c gone", "a x\\ y\\;",
    "p # print", "F;=", "z", "x;p;x", "s/a/b/ g ; p", "1 , 2 ! p", "2,+0p", "2,~0p", "2~0p", ":x;s/a/b/;tx",
    "s/a*/x/g", "s/\\./,/2;s///", "a\t x",
  ])
  func theRealSedAgreesOnWhatPeopleType(_ text: String) throws {
    try Self.compare(text, try SedScript(parsing: text).description)
  }

  @Test(arguments: 10..<12 as Range<UInt64>)
  func theRealSedAgreesOnMutatedScripts(_ seed: UInt64) throws {
    var random = SedRandomScripts(seed: seed)
    var compared = 0
    while compared < 30 {
      var bytes = Array(random.script().description.utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random.generator) {
        SedRoundTripTests.mutate(&bytes, &random)
      }
      let text = String(decoding: bytes, as: UTF8.self)
      // Labels and `D` make endless loops; the fixed cases have them.
      guard let script = try? SedScript(parsing: text), !text.contains(":"), !text.contains("D"),
        text != script.description
      else { continue }
      compared += 1
      try Self.compare(text, script.description)
    }
  }
}
