import TestSupport
import Testing

@testable import MiniLanguages

/// Attempts to read the environment or a file through a filter that is accepted. Runs have a canary in their environment
/// (`PATH`), in a module and in a file that only the filter names.
@Suite struct JqAttackTests {
  static let environment = "/usr/sbin:/usr/bin"

  @Test(arguments: [
    // The environment under other names and through other constructs.
    "env", "env.PATH", "env | .PATH", "$ENV", "$ENV.PATH", "$ENV[\"PATH\"]", "$ ENV.PATH", "$\nENV.PATH",
    "$#x\nENV.PATH", "[env]", "{env: env}", "{$ENV}", "{ENV: $ENV}", "\"\\(env.PATH)\"", "\"\\($ENV.PATH)\"",
    "@json \"\\(env)\"", "@text \"\\($ENV)\"",
    "def f: env; f", "def f: $ENV; f", "def f(g): g; f(env)", "def env: 1; env", "def env(x): 1; env",
    "(def env: 1; 1) | env", "def f: def env: 1; 2; env", "def f(env): 1; env", "def f($env): 1; env",
    "def f($env): 1; f(1) | env", "1 as $env | env", "1 as $ENV | $ENV", ". as [$ENV] | $ENV",
    ". as {$ENV} | $ENV", ". as {ENV: $x} | $x", ". as {$ENV: [$x]} | $x", "[] as [$ENV] ?// $x | $ENV",
    "label $ENV | $ENV", "reduce $ENV as $x (0; $x)", "reduce 1 as $x ($ENV; .)", "foreach env as $x (0; $x)",
    "try env catch .", "try error(env) catch .", "if true then env else 1 end", "env?", "env // 1",
    "..|env", ".[env|keys[0]]", "{(env.PATH): 1}", "path(env)", "[paths(env)]", "map(env)", "[limit(1; env)]",
    "getpath([\"PATH\"]) | env", "input_filename | env", "env as $x | $x", "env as {PATH: $p} | $p",
    "env|to_entries", "-env", "env[]", "env .PATH", "env\n.PATH", "(env)", "#\nenv", "# a\\\nenv",
    "# a\r\nenv", "#\u{0}\nenv",
    // Strings that could end early or late.
    "\"\\\\\" + env.PATH", "\"\\\\\\\" + env.PATH", "\"\\\\(env.PATH)\"", "\"\\\\\\(env.PATH)\"",
    "\"\\u0022 + env.PATH + \\u0022\"", "\"\\u005c(env.PATH)\"", "\"a\" | env.PATH | \"b\"",
    "\"\n\" + env.PATH", "\"#\" | env", "\"\\(\"\\(env)\")\"", "\"\\(\")\" | env)\"", "\"\\(1) \\(env)\"",
    "\"'\" + env.PATH + \"'\"",
    "\"\u{feff}\" | env", "\"\\u000a\" | env", "@sh\"\\(env)\"", "@base64\"\\(env)\" | @base64d",
    "\"\\(\"\\\"\" | env)\"", "\".env\"|.", "\"env\" | .", "[\"env\"] | .[0]", "\"env\" as $x | $x",
    "\"$ENV.PATH\"", "{\"$ENV\": 1}", "{\"env\": .}", ".env", ".ENV?", ".[\"env\"]?", ".env.PATH?",
    ".\"env\"?",
    // Modules, files and internals.
    "import \"canary\" as c; c::f", "import \"canary\" as $c; $c", "include \"canary\"; f",
    "import \"./canary\" as c {search: \"./\"}; c::f", "include \"canary\" {search: \"/tmp\"}; f",
    "module {a: 1}; env", "module {}; import \"canary\" as c; 1", "\"canary\" | modulemeta", "modulemeta",
    "c::f", "$c::d", "canary::env", "get_search_list",
    "get_jq_origin", "get_prog_origin", "$__prog_args", "$__loc__", "$__env", "$__loc__.file",
    "input_filename", "_modify(.; env)", "_plus(1; env)", "_match_impl(1;2;3)", "_input", "@env",
    "@file \"x\"", "format(\"env\")", "format(\"text\")", "getpath([\"env\"])?", "splits(\"env\")?",
    "$ENV|keys", "$ARGS", "$named", "$ARGS.named",
    "input", "inputs", "[inputs]", "debug", "stderr", "halt_error", "halt", "\"env\" | error",
    "error(\"env\")", "builtins | map(select(startswith(\"env\")))", "ltrimstr(\"env\")",
    "tojson | fromjson | .env?", "\"env\" | fromjson?", "\"$ENV\" | fromjson?", "\"/etc/passwd\" | input",
    "localtime?", "now | localtime | mktime", "\"x\" | ltrimstr(env)",
    // Words that only look like others.
    "ｅｎｖ", "еnv", "env\u{301}", "$\u{ff25}NV", "e\\u006ev", "ENV", "Env", "env_", "_env", ".|.env?", "env/0",
    "env()", "env(;)", "env(.)", "$ENV()", "$ENV::a", "::env", "env::env", "{env}", "{env}?",
    "{env: 1} | .env", "{(\"env\"): 1}", "{@text \"env\": 1}", ". as {env: $x} | $x",
    ". as {\"env\": $x} | $x",
  ])
  func aFilterThatIsAcceptedShowsNeitherEnvironmentNorFile(_ text: String) throws {
    guard let filter = try? JqFilter(parsing: text) else { return }
    let directory = try TemporaryDirectory()
    try directory.makeFile("canary.jq", "def f: \"the canary sings\"; \"the canary sings\"")
    try directory.makeFile("canary.json", "\"the canary sings\"")
    for options in [["-n"], ["-r"]] {
      let run = try ToolRun(
        "/usr/bin/jq", options + ["-L", directory.path, filter.description], input: "{\"a\":1}\n")
      let shown = String(decoding: run.output, as: UTF8.self) + run.errors
      #expect(!shown.contains(Self.environment), "\(text.debugDescription) ran as \(filter)")
      #expect(!shown.contains("sings"), "\(text.debugDescription) ran as \(filter)")
      #expect(!shown.contains("aGUgY2FuYXJ5"), "\(text.debugDescription) ran as \(filter)")
    }
  }

  @Test func theWitnessSeesWhatIsForbidden() throws {
    for text in ["env.PATH", "$ENV.PATH", "\"\\(env)\"", "def f: env; f", "[env]", "{$ENV}"] {
      let run = try ToolRun("/usr/bin/jq", ["-n", text], input: "")
      #expect(String(decoding: run.output, as: UTF8.self).contains(Self.environment), "\(text)")
      #expect(throws: ProgramRefusal.self) { try JqFilter(parsing: text) }
    }
  }

  /// Whole programs are mutated with the dangerous words at hand; what is accepted must not show the environment.
  @Test(arguments: 20..<24 as Range<UInt64>)
  func mutatedFiltersThatAreAcceptedNeverShowTheEnvironment(_ seed: UInt64) throws {
    var random = JqRandomFilters(seed: seed)
    let words = [
      "env", "$ENV", "env.PATH", "|env|", "(env)", "\"\\(env)\"", "def env: 1;", "; env", "as $ENV |",
      "#\nenv",
    ]
    var accepted = 0
    for _ in 0..<1_000 {
      var bytes = Array(random.filter().description.utf8.prefix(150))
      bytes.insert(
        contentsOf: Array(random.pick(words).utf8),
        at: Int.random(in: 0...bytes.count, using: &random.generator))
      for _ in 0..<Int.random(in: 0...3, using: &random.generator) {
        JqRoundTripTests.mutate(&bytes, &random)
      }
      guard let filter = try? JqFilter(parsing: String(decoding: bytes, as: UTF8.self)) else { continue }
      accepted += 1
      guard accepted.isMultiple(of: 4) else { continue }
      let run = try ToolRun("/usr/bin/jq", ["-n", filter.description], input: "")
      #expect(!String(decoding: run.output, as: UTF8.self).contains(Self.environment), "\(filter)")
    }
    #expect(accepted > 10)
  }

  /// jq 1.6 takes a program that begins with a dash for an option wherever it stands.
  @Test func noCanonicalFilterBeginsWithADash() throws {
    for text in [
      "-1", "-.a", "-1+2", "-1|.", "-1,2", "-.a as $x | $x", "-(1)", "- 1", "-f", "--arg", "-n", "-L/tmp",
    ] {
      guard let filter = try? JqFilter(parsing: text) else { continue }
      #expect(!filter.description.hasPrefix("-"), "\(text)")
    }
    var random = JqRandomFilters(seed: 30)
    for _ in 0..<fuzzCount(1_000) { #expect(!random.filter().description.hasPrefix("-")) }
  }
}
