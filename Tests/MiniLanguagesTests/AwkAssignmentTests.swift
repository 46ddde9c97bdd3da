import Testing

@testable import MiniLanguages

@Suite struct AwkAssignmentTests {
  @Test(arguments: [
    ("x=1", "x=1"), ("name=", "name="), ("FS=:", "FS=:"), ("OFS=\\t", "OFS=\\t"), ("_a9=b=c", "_a9=b=c"),
    ("s=a b\"c'", "s=a b\"c'"), ("x=\\x41\\102", "x=AB"), ("re=\\.log$", "re=\\\\.log$"),
    ("x=a\\\\b", "x=a\\\\b"), ("x=\\n\\0", "x=\\n\\000"), ("x=é", "x=é"), ("x=\\351", "x=\\351"),
    ("OFMT=%.2f", "OFMT=%.2f"), ("CONVFMT=%.9g", "CONVFMT=%.9g"), ("RS=", "RS="), ("NR=5", "NR=5"),
    ("x=/dev/stdin", "x=/dev/stdin"),
    ("x=|sh", "x=|sh"), ("load=1", "load=1"),
  ])
  func aHarmlessAssignmentIsWrittenWithEscapesThatAllAwksRead(_ word: String, _ canonical: String) throws {
    let assignment = try AwkAssignment(parsing: word)
    #expect(assignment.description == canonical)
    #expect(try AwkAssignment(parsing: canonical) == assignment)
  }

  @Test(arguments: [
    ("ENVIRON=1", "`ENVIRON`"), ("ARGV=1", "`ARGV`"), ("ARGC=2", "`ARGC`"), ("FILENAME=x", "`FILENAME`"),
    ("PROCINFO=1", "`PROCINFO`"), ("SYMTAB=1", "`SYMTAB`"), ("OFMT=%s", "the value of `OFMT`"),
    ("CONVFMT=%s%n", "the value of `CONVFMT`"), ("CONVFMT=%.3f", "the value of `CONVFMT`"),
    ("OFMT=%c", "the value of `OFMT`"), ("OFMT=%\\x73", "the value of `OFMT`"),
    ("OFMT=", "the value of `OFMT`"), ("getline=1", "`getline`"),
    ("system=1", "`system`"), ("length=1", "`length` is a word of awk"), ("in=1", "`in` is a word of awk"),
    ("BEGIN=1", "`BEGIN` is a word of awk"), ("x=a\\", "a backslash in a value"),
    ("x=\\xg", "a backslash in a value"),
    ("x=@/a/", "gawk reads"), ("IGNORECASE=1", "`IGNORECASE`"), ("BINMODE=3", "`BINMODE`"),
    ("LINT=1", "`LINT`"), ("x", "this is no assignment"), ("1x=2", "this is no assignment"),
    ("a.b=c", "this is no assignment"),
    ("a[1]=2", "this is no assignment"), ("", "this is no assignment"), ("=x", "this is no assignment"),
    ("é=1", "this is no assignment"), ("awk::x=1", "this is no assignment"),
    ("./x=1", "this is no assignment"),
  ])
  func anAssignmentThatReachesFurtherIsRefused(_ word: String, _ reason: String) {
    let refusal = #expect(throws: ProgramRefusal.self) { try AwkAssignment(parsing: word) }
    #expect(refusal?.reason.hasPrefix(reason) ?? false, "\(String(describing: refusal))")
  }

  @Test func whatAwkTakesForAnAssignmentIsKnown() {
    for word in ["x=1", "FS=", "_=", "a1=/etc/passwd", "OFMT=%n"] {
      #expect(AwkAssignment.isAssignment(word))
    }
    for word in ["/x=1", "./x=1", "x", "1=2", "=", "a-b=c", "x.y=1", "-", "", "é=1"] {
      #expect(!AwkAssignment.isAssignment(word))
    }
  }

  @Test(arguments: ["x=a\\.b\\\\c\\t|", "x=\\x41\\101\"'", "x= 12 ", "x=0x1f", "x=é\\351"])
  func awksReadTheCanonicalFormAlike(_ word: String) throws {
    let canonical = try AwkAssignment(parsing: word).description
    let samples = try AwkSamples()
    var outputs: Set<[UInt8]> = []
    for awk in AwkTool.installed {
      let asOption = try awk.run("BEGIN { print(x); }", options: ["-v", canonical], in: samples.directory)
      let asOperand = try awk.run("END { print(x); }", files: ["passwd", canonical], in: samples.directory)
      #expect(asOption == asOperand && asOption.succeeded, "\(awk)")
      outputs.insert(asOption.output)
    }
    #expect(outputs.count == 1, "\(outputs.map { String(decoding: $0, as: UTF8.self) })")
  }
}
