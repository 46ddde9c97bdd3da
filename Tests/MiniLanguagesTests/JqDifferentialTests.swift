import Testing

@testable import MiniLanguages

/// The real jq gives the same for what was typed and for what runs instead.
@Suite struct JqDifferentialTests {
  /// jq goes on to the next value after an error, so one run sees all.
  static let input = """
    null {"a":1,"b":[1,2,{"a":3}],"c":"x y","k":"a","if":4,"t":"2026"} [1,[2,3],{"a":null}] "text, é" 3.5
    {"items":[{"metadata":{"name":"web-1"},"status":{"phase":"Running"},"n":3},{"metadata":{"name":"web-2"},
    "status":{"phase":"Failed"},"n":5}]}
    [{"host":"a","cpu":1,"size":3,"up":true},{"host":"b","cpu":3,"size":1},{"host":"a","cpu":2,"size":2,"up":false}]
    """

  /// Holds the two against each other, and says whether jq 1.6 reads what was typed at all: it does not know an `if`
  /// without `else` or an object's value with operators, say.
  @discardableResult
  static func compare(_ text: String, _ canonical: String, _ options: [String]) throws -> Bool {
    // A dash at the beginning would make it an option.
    let typed = try ToolRun("/usr/bin/jq", options + [" " + text], input: input)
    if typed.status == 3 { return false }
    let printed = try ToolRun("/usr/bin/jq", options + [canonical], input: input)
    #expect(
      typed.result == printed.result, "\(options) \(text.debugDescription) as \(canonical.debugDescription)")
    return true
  }

  @Test(arguments: [
    ".", ".a", ".a.b?", ".\"a\"", ".[0]?", ".[-1]?", ".b[1:]?", ".[:2]?", ".[-2:]?", ".[]?", "..", "..|.a?",
    ".items[]?|select(.status.phase!=\"Running\")|.metadata.name",
    ".[]?|[.host?,.cpu?]|@tsv", ".[]?|[.host?,.cpu?]|@csv", "\"\\(.a?) \\(.b?)\"", "to_entries?",
    "try to_entries catch .", "with_entries(select(.value!=null))?", "keys?", "length", "type",
    "map(.cpu?)?|add?", "group_by(.host)?|map({host:.[0].host,n:length})", "unique_by(.host?)?", "[paths]",
    "[..|numbers]", "tojson|length", "{a:.a?}", "{a}?", "{\"a\":1,b:2}",
    "{(\"a\",\"b\"):(1,2)}", "{a:(1,2)}", "{\"x\\(1,2)\":3}", "[1,2|.+1]", "1+2*3-4/2%3", "-1+2", "-(1,2)",
    "1-2-3", "2*-1+3", "2*-1*3", "-1*2", "-.a?", "empty//1", "(false,null,1)//2", "1,2|.,.",
    "1 as $x|2,$x", "1+. as $x|$x", "[.[]? as [$a]|$a]", ".[]? as [$a] ?// $a|$a",
    ".[]? as {a:$x} ?// [$x]|[$x]", "true and false or true",
    "true or false and false", "1==1 and 2<3", "not|not",
    "try error(\"x\") catch .", "try error(\"x\")//1", "[try (1,error(\"x\"),3)]",
    "try error(\"x\") catch .|length", "try -\"a\" catch \"no\"", "error(\"x\")?", "[.[]?|(1/.)?]",
    "(1,error(\"x\"),2)?", "try (.a.b.c) catch .",
    "if . then 1 else 2 end", "if .==null then 1 elif type==\"number\" then 2 else 3 end",
    "if (true,false) then 1 else 2 end", "[if true then 1 else 2 end|.+1]", "reduce (1,2,3) as $x (0;.+$x)",
    "reduce .[]? as [$a,$b] (0;.+1)",
    "[foreach (1,2,3) as $x (0;.+$x)]", "[foreach (1,2,3) as $x (0;.+$x;[$x,.])]", "label $f|1,break $f,2",
    "[label $a|label $b|1,break $a]", "def f:.+1;1|f", "def f(g):[g,g];f(1,2)",
    "def f($a;$b):$a+$b;f(1,2;10,20)", "def f($a):a;f(3)",
    "def f:def g:3;g;f", "def fac:if .<=1 then 1 else .*(.-1|fac) end;5|fac", "def map(f):1;[1]|map(2)",
    "1|def f:.+1;f|f", "[limit(3;range(10))]", "[first(range(10;0;-1))]", "[range(0;10;3)]", "until(true;.)",
    "[recurse(if type==\"number\" and .<2 then .+1 else empty end)]",
    ".a?=5", ".a|=5", ".b[0]?|=.+1", "try (.a+=1) catch 0", ".a//=7", "(.a,.k)?=1", "try (.a|=empty) catch 0",
    "del(.a)?", "try delpaths([[\"a\"]]) catch 0", "to_entries[]?|\"\\(.key)=\\(.value)\"", "@base64",
    "@base64 \"x\\(.)\"", "@json \"v=\\(.a?)\"", "@sh \"\\(.c?)\"", "@html \"<\\(.)>\"", "@uri",
    "\"\\u00e9\\ud83d\\ude00\\n\\t\\u0001\\\\\\\"\"", "\"a\nb\"", "\"x\\(\"y\\(1+1)z\")w\"", "\"\"",
    "\"\\/\"", "1.5e3", ".5", "1.", "1E-2", "100000000000000000000", "[.[]?]|length", ".. # all\n|.a?",
    "$__loc__", "\n\n$__loc__|.line", "input_line_number", "[inputs]", "try input catch .",
    "splits(\" \")?",
    "gsub(\"\\\\s+\";\"_\")?", "try capture(\"(?<w>[a-z]+)\") catch 0", "[.[]?|select(.up?|not)]|length",
    ".a as $x|[$x,.b]?", "any(.[]?;.==1)",
    "walk(if type==\"object\" then del(.a) else . end)", "ascii_downcase?", "[splits(\"a\")?]", "tostream",
    "fromjson?", "[.[]?][1:]|.[0]?",
    "..==1", "[..]|length", ".a==.b", ".[\"a\",\"b\"]?", ".[\"a\"]?", ".[.k?]?", ".b?[0]",
    "(.a?,.b?)|tostring", "{if:1}?", ".if?", "{a:.a?|tostring}", "{a:-1}", "[{a:(1,2),b:(3,4)}]", "null|not",
    "[true,false|not]", "try error catch .", "try error(null) catch .", "[.[]?|tostring]",
  ])
  func theRealJqAgreesOnWhatPeopleType(_ text: String) throws {
    let canonical = try JqFilter(parsing: text).description
    for options in [["-c"], ["-n", "-r"]] {
      #expect(try Self.compare(text, canonical, options), "jq does not read \(text)")
    }
  }

  @Test(arguments: [
    (".a?//\"none\"", ".a? // \"none\""), (".a?//.b?//.c?", ".a? // .b? // .c?"),
    ("(.a?//.b?)//1", "(.a? // .b?) // 1"),
    ("[.[]?|.cpu?//0]|max", "[.[]? | .cpu? // 0] | max"), (".b.[0]?", ".b[0]?"),
    ("sort_by(-.size)?[:2]", "(sort_by(-.size)?) | .[:2]"),
    ("if . then 1 end", "if . then 1 else . end"),
    ("if .==null then 1 elif .a? then 2 end", "if . == null then 1 elif .a? then 2 else . end"),
    ("{a:1+2}", "{a:(1+2)}"), ("{a: .a? // 1 | tostring}", "{a: (.a? // 1 | tostring)}"),
    ("{$__loc__}", "{__loc__: $__loc__}"), ("{if:1,end:2}", "{\"if\":1,\"end\":2}"),
    ("if . then 1 else 2 end|[.]|.[0]", "(if . then 1 else 2 end)|[.]|.[0]"), ("(.a?).b?", ".a?|.b?"),
    ("if true then . else 1 end.a?", "(if true then . else 1 end)|.a?"),
  ])
  func whatOnlyLaterVersionsReadRunsOnThisOne(_ text: String, _ spelledOut: String) throws {
    #expect(try Self.compare(spelledOut, try JqFilter(parsing: text).description, ["-c"]))
  }

  /// Mutations change the precedences that a text relies on, which canonical texts no longer do.
  @Test(arguments: 10..<12 as Range<UInt64>)
  func theRealJqAgreesOnFiltersWithoutTheirParentheses(_ seed: UInt64) throws {
    var random = JqRandomFilters(seed: seed)
    var compared = 0
    while compared < 30 {
      var bytes = Array(random.filter().description.utf8)
      guard bytes.count < 200 else { continue }
      // Without a pair of parentheses now and then, precedences decide.
      for _ in 0..<3 {
        guard
          let open = bytes.indices.filter({ bytes[$0] == UInt8(ascii: "(") }).randomElement(
            using: &random.generator)
        else { break }
        bytes.remove(at: open)
        if let close = bytes[open...].firstIndex(of: UInt8(ascii: ")")) { bytes.remove(at: close) }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let filter = try? JqFilter(parsing: text), filter.description != text else { continue }
      if try Self.compare(text, filter.description, ["-c"]) { compared += 1 }
    }
  }

  @Test func everyFunctionThatIsAllowedIsKnownToSomeJq() throws {
    let run = try ToolRun("/usr/bin/jq", ["-n", "-r", "builtins[]"], input: "")
    let known = Set(String(decoding: run.output, as: UTF8.self).split(separator: "\n").map(String.init))
    #expect(known.count > 150)
    let missing = known.filter { signature in
      let parts = signature.split(separator: "/").map(String.init)
      return JqFunctions.refused[parts[0]] == nil
        && !JqFunctions.allowed[parts[0], default: []].contains(Int(parts[1]) ?? -1)
    }
    #expect(missing.isEmpty, "neither allowed nor refused: \(missing.sorted())")
  }
}
