import Kernel
import TestSupport
import Testing

@testable import MiniLanguages

/// Attempts to have one reading judged and another one run. What is refused is harmless; what is accepted is run, as it is
/// printed, by every awk that is installed, and may leave nothing behind.
@Suite struct AwkAttackTests {
  static let attempts = [
    // A regular expression that ends elsewhere: brackets, escapes, classes, what gawk and mawk count.
    #"/[/]; system("touch made") ; /]/"#, #"/[]/]/ { print } / { system("touch made") } #]/"#,
    #"/[^]/]; system("touch made"); x ~ /]/"#,
    #"/][:[]/ { system("touch made") } /]/"#,
    #"/]]]][:[]/; BEGIN { x = "/; BEGIN { system(\"touch made\") } #" }"#,
    #"/[\]/; BEGIN{system("touch made")} #]/"#,
    #"/[[:alpha:]/; BEGIN{system("touch made")} #]/"#, #"/[[:]/; BEGIN{system("touch made")} #:]]/"#,
    #"/[a[:]/; BEGIN { system("touch made") } # ]/"#,
    #"/\/; BEGIN { system("touch made") } #/"#, #"/\\/; BEGIN { print } #/ ; system("touch made")"#,
    #"/[\\]/ { print "]/; BEGIN { system(\"touch made\") } #" }"#,
    #"$1 ~ /[/ { print "]/ ; system(\"touch made\") ; x ~ /[" } # ]/"#, #"/x/ / system("touch made") / /y/"#,
    ##"{ gsub(/[/]/, "; system(\"touch made\") #/") }"##,
    #"/a\"/ { print "/; BEGIN{system(\"touch made\")} #" }"#,
    #"/=/ { print } #/; BEGIN { system("touch made") }"#, #"{ x /= 2 } #/; BEGIN{system("touch made")}"#,
    #"{ print x /= / system("touch made") / 2 }"#, #"{ a = 1; print a /"; system("touch made"); "/ 2 }"#,
    #"{ print NF /1; system("touch made"); x = 1/ 2 }"#,
    #"{ print length / system("touch made") / 1 }"#, #"{ x++ /2; system("touch made"); y = 1/ 3 }"#,
    #"/[]"]/ { print "[/; BEGIN { system(\"touch made\") } #]/" }"#,
    // A string that ends elsewhere.
    #"{ print "\"; system("touch made"); "\" }"#, #"{ print "\\"; system("touch made"); print "\\" }"#,
    #"{ print "\\\"; system(\"touch made\"); \"" }"#,
    #"{ print "a\/"; print "\x22; system(\x22touch made\x22); \x22" }"#,
    #"{ print "\042; system(\042touch made\042); \042" }"#, #"{ print "\x5c"; print "; system(1) #" }"#,
    #"{ print "\134"; print "; BEGIN { system(\"touch made\") } #" }"#,
    #"{ print "\5c\42" "; system(\"touch made\");" }"#, #"{ print "é\"; system(\"touch made\"); \"" }"#,
    "{ print \"\\xe9\"; print \"\\xc3\\\"; system(\\\"touch made\\\"); \" }",
    "{ print \"a\\\n\"; system(\"touch made\"); \" }",
    "{ print \"\\0\"; print \"\\0; system(\\\"touch made\\\")\" }",
    // A comment or a line that ends elsewhere.
    "{ print } # \\\nBEGIN { system(\"touch made\") }", "{ print } #\r BEGIN { system(\"touch made\") }",
    "{ x = 1 \\\n ; system(\"touch made\") }", "BEGIN\n{ system(\"touch made\") }",
    ##"{ print "#" ; print /#/ } # system("touch made")"##,
    // Redirections that look like comparisons, and the other way round.
    #"{ print (1) > "made" }"#, #"{ print (1)(2) > "made" }"#, #"{ print (1, 2) > "made" }"#,
    #"{ print ((1, 2) in a) > "made" }"#, #"{ print (1, 2) in a > "made" }"#,
    #"{ print 1 ? 2 : 3 > "made" }"#,
    #"{ print (1 > "made") }"#, #"{ print ("made" > "made") ("x" > "made") }"#,
    #"{ print(1 > "made", 2 > "made") }"#, #"{ print a["x" > "made"] }"#, #"{ print $(1 > "made") }"#,
    #"{ print substr(1 > "made", 1) }"#,
    #"{ print !(1 > "made") }"#, #"{ x = 1 > "made"; print x }"#, #"{ if (1 > "made") print 2 > "made" }"#,
    #"{ if (1 > "made") print 2 }"#, #"{ for (i = 0; i > "made"; ) print }"#, #"1 > "made""#,
    #"1 > "made" { print }"#,
    #"{ print -(1) > "made" }"#, #"{ printf("%s", 1) > "made" }"#, #"{ printf("%s") "x" > "made" }"#,
    #"{ print; (1) > "made" }"#, "{ print\n(1) > \"made\" }", #"{ exit 1 > "made" }"#,
    #"function f(a) { return a > "made" } { print f(1) }"#,
    #"{ print f (1) > "made" }"#, #"{ x = "touch made"; x | getline }"#, #"{ print "x" | "touch made" }"#,
    #"{ print ("x" | "touch made") }"#, #"{ x = 1 || "touch made" | getline }"#,
    #"{ print 1, "touch made" |& getline }"#, #"{ print "x" || "touch made" }"#,
    #"{ print "x" "|" "touch made" }"#, #"{ print "touch made" "| getline" }"#, #"{ print "a" ">" "made" }"#,
    // Calls and names.
    #"{ system ("touch made") }"#, #"{ f = "system"; f("touch made") }"#,
    #"{ x = "system"; print x ("touch made") }"#, #"function f(s) { return s } { print f("touch made") }"#,
    #"{ print system }"#, #"{ awk::system("touch made") }"#,
    #"BEGIN { ARGV[1] = "/etc/hostname"; ARGC = 2 }"#,
    #"BEGIN { RS = ">made"; FS = "|touch made"; OFS = ">made"; ORS = "|touch made" } { $1 = $1; print $1, $2 }"#,
    #"BEGIN { SUBSEP = "system(\"touch made\")" } { a[1, 2]; for (k in a) print k }"#,
    #"{ $0 = "print > \"made\""; print; print $1 }"#,
    #"{ split("system touch made", a, " "); print a[1] (a[2]) }"#,
    #"{ gsub(/a/, "`touch made`"); gsub(/b/, "$(touch made)"); print }"#, #"$0 ~ "system(\"touch made\")""#,
    #"BEGIN { printf "%s%c%*d\n", "|touch made", ">", 3, 4 }"#, #"{ print > ("ma" "de") }"#,
    #"BEGIN { getline line < "/etc/hostname"; print line }"#,
    #"BEGIN { while (("ls" | getline) > 0) print }"#,
    #"{ print $1 $2 > /dev/stdout }"#, #"{ close("x"); print >> "made" }"#, #"{ print >"made" }"#,
    #"{ print>$1 }"#, #"{ printf "a" >> $2 }"#, "{ print \u{a0}> \"made\" }", "{ print \u{ff1e} \"made\" }",
    "{ print “x” > “made” }",
    #"{ in["x"]; getline["x"] }"#, #"{ print 1e/2; system("touch made"); x = 1/e }"#,
    #"{ print 0x/2; system("touch made"); x = 1/2 }"#, #"{ print 1./2; y=3/4 }"#, #"{ print .5/2; y=3/.4 }"#,
    #"{ print a.b / system("touch made") }"#,
    #"{ $1/2; print $NF/2; print $(1)/2 }"#, #"{ print (1)/2; x="/; system(\"touch made\"); /" }"#,
    #"{ print a[1]/2; x="/; system(\"touch made\"); /" }"#,
    #"{ print x--/2; x="/; system(\"touch made\"); /" }"#, #"{ print x---/2/; y="/" }"#,
  ]

  /// Runs a program as it is printed.
  static func run(_ program: AwkProgram, in samples: AwkSamples) throws {
    for awk in AwkTool.installed {
      _ = try awk.run(program.description, files: AwkSamples.names, in: samples.directory)
      let strangers = try samples.strangers()
      #expect(strangers == [], "\(awk) \(program)")
      for name in strangers { try samples.directory.remove(name) }
    }
  }

  @Test(arguments: attempts)
  func noAttemptRunsACommandOrMakesAFile(_ text: String) throws {
    guard let program = try? AwkProgram(parsing: text) else { return }
    try Self.run(program, in: try AwkSamples())
  }

  @Test func someAttemptsAreAcceptedAndSomeDoHarmUnparsed() throws {
    #expect(Self.attempts.count { (try? AwkProgram(parsing: $0)) != nil } > 30)
    let samples = try AwkSamples()
    let awk = try #require(AwkTool.installed.first)
    var harmful = 0
    for text in Self.attempts {
      _ = try awk.run(text, files: AwkSamples.names, in: samples.directory)
      let strangers = try samples.strangers()
      harmful += strangers.isEmpty ? 0 : 1
      for name in strangers { try samples.directory.remove(name) }
    }
    #expect(harmful > 20)
  }

  @Test(arguments: 100..<103 as Range<UInt64>)
  func noMutatedProgramRunsACommandOrMakesAFile(_ seed: UInt64) throws {
    var random = AwkRandomPrograms(seed: seed)
    let samples = try AwkSamples()
    var accepted = 0
    let wanted = fuzzCount(2_000) / 20
    while accepted < wanted {
      let text = random.int(0...2) == 0 ? random.mutated() : random.disguised()
      guard let program = try? AwkProgram(parsing: text) else { continue }
      accepted += 1
      try Self.run(program, in: samples)
    }
  }

  /// gawk prints how it read a program; read by this parser that must be the tree it came from.
  @Test(arguments: 200..<202 as Range<UInt64>)
  func gawkReadsTheSameTree(_ seed: UInt64) throws {
    guard let gawk = AwkTool.installed.first(where: { $0.words.last?.hasSuffix("gawk") ?? false }) else {
      return
    }
    var random = AwkRandomPrograms(seed: seed)
    let samples = try AwkSamples()
    var compared = 0
    while compared < 100 {
      let program = random.program()
      // gawk 5.2.1 shows `delete a[1, 2]` as `delete a[1 2]`.
      guard !program.description.contains("delete a[") else { continue }
      let shown = try gawk.run(program.description, options: ["-o-"], in: samples.directory)
      // It divides constants while it reads, and a division by zero is an error then.
      guard shown.succeeded || !["/ 0", "% 0"].contains(where: program.description.contains) else { continue }
      compared += 1
      #expect(shown.succeeded, "\(program)")
      let again = try AwkProgram(parsing: String(decoding: shown.output, as: UTF8.self))
      #expect(Self.sorted(again) == Self.sorted(program), "\(program) as \(again)")
    }
  }

  /// gawk shows BEGIN first and functions last.
  private static func sorted(_ program: AwkProgram) -> [String] {
    program.items.map { AwkProgram(items: [$0]).description }.sorted()
  }
}
