import TestSupport
import Testing

@testable import MiniLanguages

/// Attempts to write, read or run through a script that is accepted. The real sed is the witness: with `--sandbox` it
/// names every command that would, and without it a canary would be seen.
@Suite struct SedAttackTests {
  static let sandboxed = "disabled in sandbox mode"

  /// Each of these looks, to some reader of sed, as if it ended early or late.
  @Test(arguments: [
    // Delimiters in brackets, escaped, and made of letters.
    "s/[/]w x/y/", "s/[/]/w x/", "s/[]/]w /x/", "s/[^]/]/w x/", "s/[[:alpha:]/]/w x/", "s/[[.].]/]/w x/",
    "s/[\\]/]/w x/", "s/[\\/]/w x/",
    "s/[a\\]/w x/g", "s/\\[/w x/", "s/\\\\[/]/w x/", "s/a\\\\/w x/", "s/a/\\\\/", "s/a/b\\\\\\/w x/",
    "swawb w xw", "swa\\wbw w x w", "s,\\,,w x,",
    "seaebe", "sea\\eebe", "s;a;w x;", "s}a}w x}", "s#a#w x#", "s\"a\"w x\"", "s w w w ", "sn\\nnw xn",
    "y/w/e/", "ywawewp", "y/\\\\/w/", "y,\\,,w,;p",
    "\\wawp", "\\eaep", "\\w\\wwp", "\\,[,]w x,p", "/[/]w x/p", "/\\/w x/p", "/a/Mp", "\\;a;p", "/w x/!p",
    "/\\\\/p;p", "\\}a}p", "\\#a#p",
    // Newlines in the middle.
    "s/a\\\nw x/b/", "s/a/b\\\nw x/", "s/a/\\\\\\\nw x/", "s/a/b/\nw x", "a\\\nfoo\\\nw x", "a\\\nfoo\nw x",
    "a foo\\\nw x", "a foo\\\\\nw x", "i\\\n\\\nw x",
    "c\\\n\\\\\\\nw x", "a\\\\\nw x", "a\\\\\\\nw x", "# x\\\nw x", "#\\\np", "y/a\\\n/w\\\n/", "b x\nw x",
    ": x\nw x", "a\\;w x", "a };w x", "{a }\nw x\n}",
    // Words that swallow the rest of a line, and those that do not.
    "a w x", "a;w x", "i\\e id", "c e id", "b w", ": w;b w", "bw;:w", "t e\n:e", "T r;: r", ":e;be",
    "{bw};:w", "q;w x", "q0w x", "l1w x", "p;e id", "pe",
    "}w x", "{}w x", "{};w x", "{p}w x", "#}w x\np", "p#\nw x", "s/a/b/#w x", "s/a/b/}w x", "{s/a/b/}",
    "s/a/b/;e", "s/a/b/\\e", "s/a/b/ \\\nw x",
    // Addresses.
    "1w x", "1,2w x", "$w x", "1~2w x", "/a/w x", "/a/,/b/w x", "0,/a/w x", "1!w x", "1 !  w x", "1,+1w x",
    "1,~2w x", "/a/Iw x", "/a/IMIw x", "/a/Me id",
    // Flags.
    "s/a/b/w", "s/a/b/gw x", "s/a/b/1w x", "s/a/b/gpw x", "s/a/b/m w x", "s/a/b/Ie", "s/a/b/eg", "s/a/b/e;p",
    "s/a/b/p e", "s/a/b/9e", "s/a/b/\tw x",
    // Other bytes between a command and its dangerous part.
    "\u{0b}w x", "\u{0c}e id", "\rw x", "p\rw x", "p\u{0b};p", "s/a/b/\u{0b}w x", "s/a/b/\r\nw x",
    "1\u{0c}w x", "é;w x", "s/é/w x/", "séaébéw x", "s/\u{301}/w x/",
    "a\u{2028}w x", "p\u{85}w x", "p\u{a0}w x", "\u{feff}w x", "s/a/b/\u{200b}w x", "ｗ x", "s/a/b/ｅ",
    // Escapes that could turn into letters or delimiters.
    "s/a/\\x2fw x/", "s/a/b/\\x77 x", "s/\\x2f/w x/", "s/a/\\o57w x/", "s/a/\\d047w x/", "s/a\\x5c/w x/",
    "s/a/\\x5c/", "s/a/\\x5c\\\nw x/", "s/a/\\c\\/w x/",
    "s/\\c/w x/", "a\\x77 x", "a \\x0aw x", "a \\nw x", "a \\\tw x",
  ])
  func aScriptThatIsAcceptedNeverAsksForAFile(_ text: String) throws {
    guard let script = try? SedScript(parsing: text) else { return }
    let run = try ToolRun("/usr/bin/sed", ["--sandbox", "-e", script.description], input: "a\n/w x/\n")
    #expect(
      !run.errors.contains(Self.sandboxed),
      "\(text.debugDescription) ran as \(script.description.debugDescription)")
  }

  @Test func theWitnessSeesWhatIsForbidden() throws {
    for text in ["w x", "s/a/b/w x", "e", "e id", "s/a/b/e", "r x", "R x", "W x", "1{p;w x\n}"] {
      let run = try ToolRun("/usr/bin/sed", ["--sandbox", "-e", text], input: "")
      #expect(run.errors.contains(Self.sandboxed), "\(text)")
      #expect(throws: ProgramRefusal.self) { try SedScript(parsing: text) }
    }
  }

  @Test(arguments: 20..<24 as Range<UInt64>)
  func mutatedScriptsThatAreAcceptedNeverAskForAFile(_ seed: UInt64) throws {
    var random = SedRandomScripts(seed: seed)
    var accepted: [String] = []
    while accepted.count < 400 {
      var bytes = Array(random.script().description.utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random.generator) {
        SedRoundTripTests.mutate(&bytes, &random)
      }
      guard let script = try? SedScript(parsing: String(decoding: bytes, as: UTF8.self)) else { continue }
      accepted.append(script.description)
    }
    for script in accepted {
      let run = try ToolRun("/usr/bin/sed", ["--sandbox", "-e", script], input: "")
      #expect(!run.errors.contains(Self.sandboxed), "\(script.debugDescription)")
    }
    // Pieces that are fine alone must be fine after one another.
    for (first, second) in zip(accepted, accepted.reversed()) {
      let run = try ToolRun("/usr/bin/sed", ["--sandbox", "-e", first, "-e", second], input: "")
      #expect(
        !run.errors.contains(Self.sandboxed), "\(first.debugDescription) then \(second.debugDescription)")
    }
  }

  @Test func noAcceptedScriptMakesOrShowsAFile() throws {
    let directory = try TemporaryDirectory()
    let canary = "\(directory.path)/canary"
    try directory.makeFile("canary", "the canary sings\n")
    let made = "\(directory.path)/made"
    let pieces = [
      "w \(made)", "r \(canary)", "R \(canary)", "e cat \(canary)", "W \(made)", "s/a/b/w \(made)",
      "s/a/cat canary/e", "F",
    ]
    let joins = [
      "", ";", "\n", "}", "\\\n", "#\n", "{", "p;", "a\\\n", "s/[/]/", "s/\\n/\\\n/", "/a/", "1!", ":x;",
      "b\n",
    ]
    var accepted = 0
    for piece in pieces {
      for join in joins {
        for end in ["", "}", "\n}", "/", "/p", "]/x/"] {
          guard let script = try? SedScript(parsing: join + piece + end) else { continue }
          accepted += 1
          let run = try ToolRun("/usr/bin/sed", ["-e", script.description], input: "a\nb\n")
          #expect(!String(decoding: run.output, as: UTF8.self).contains("sings"), "\(script)")
          #expect(try ToolRun("/usr/bin/test", ["-e", made], input: "").status == 1, "\(script)")
        }
      }
    }
    #expect(accepted > 5)
  }
}
