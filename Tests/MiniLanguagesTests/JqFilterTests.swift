import Testing

@testable import MiniLanguages

/// What people type, and what runs instead.
@Suite struct JqFilterTests {
  @Test(arguments: [
    // Paths.
    (".", "."), ("", "."), ("# nothing", "."), (".a", ".a"), (".a.b", ".a.b"), (". a", "?"),
    (".\"a b\"", ".[\"a b\"]"), (".[\"a\"]", ".a"),
    (".a[\"b-c\"]", ".a[\"b-c\"]"), (".a.\"b\"", ".a.b"), (".[0]", ".[0]"), (".[-1]", ".[-1]"),
    (".[1:3]", ".[1:3]"), (".[:2]", ".[:2]"),
    (".[-2:]", ".[(-2):]"), (".[]", ".[]"), (".a[]", ".a[]"), (".a.[]", ".a[]"), (".a?", ".a?"),
    (".[]?", ".[]?"), (".a?.b", ".a?.b"), ("..", ".."),
    ("..|.a?", ".. | .a?"), (".[.k]", ".[.k]"), (".[1,2]", ".[1, 2]"), ("$x.a", "$x.a"), ("$ x", "$x"),
    ("..[0]", "(..)[0]"), (".if", ".if"), (".and.or", ".and.or"),
    // Pipelines of kubectl, docker, journalctl, ip, lsblk, aws and curl.
    (
      ".items[] | select(.status.phase!=\"Running\") | .metadata.name",
      ".items[] | select(.status.phase != \"Running\") | .metadata.name"
    ),
    (".items[].metadata.name", ".items[].metadata.name"), (".items|length", ".items | length"),
    (".[0].Config.Env", ".[0].Config.Env"),
    (".[] | .State.Status", ".[] | .State.Status"),
    (".[].NetworkSettings.Networks|keys[]", ".[].NetworkSettings.Networks | keys[]"),
    (".[] | select(.operstate==\"UP\") | .ifname", ".[] | select(.operstate == \"UP\") | .ifname"),
    (
      ".[] | {ifname, addr: [.addr_info[].local]}",
      ".[] | {\"ifname\": .ifname, \"addr\": [.addr_info[].local]}"
    ),
    (
      ".blockdevices[] | select(.mountpoint != null) | \"\\(.name) \\(.mountpoint)\"",
      ".blockdevices[] | select(.mountpoint != null) | \"\\(.name) \\(.mountpoint)\""
    ),
    ("\"\\(.a) \\(.b)\"", "\"\\(.a) \\(.b)\""), (".[] | [.a,.b] | @tsv", ".[] | [.a, .b] | @tsv"),
    (".[]|[.a,.b]|@csv", ".[] | [.a, .b] | @csv"),
    ("select(.PRIORITY|tonumber <= 3) | .MESSAGE", "select(.PRIORITY | tonumber <= 3) | .MESSAGE"),
    (".MESSAGE // \"-\"", ".MESSAGE // \"-\""),
    (
      "select(.level==\"error\" and (.msg|test(\"timeout\")))",
      "select((.level == \"error\") and (.msg | test(\"timeout\")))"
    ),
    (".status == 500 or .status==502", "(.status == 500) or (.status == 502)"),
    ("[.[]|select(.up|not)]|length", "[.[] | select(.up | not)] | length"),
    ("map(.cpu)|add/length", "map(.cpu) | add / length"), ("[.[].t]|max", "[.[].t] | max"),
    ("map(select(.size > 1024*1024))", "map(select(.size > (1024 * 1024)))"),
    (
      "group_by(.host)|map({host: .[0].host, n: length})",
      "group_by(.host) | map({\"host\": .[0].host, \"n\": length})"
    ),
    ("to_entries[] | \"\\(.key)=\\(.value)\"", "to_entries[] | \"\\(.key)=\\(.value)\""),
    ("with_entries(select(.value != null))", "with_entries(select(.value != null))"),
    ("keys", "keys"), ("length", "length"), ("paths|join(\".\")", "paths | join(\".\")"),
    ("sort_by(-.size)[:5]", "sort_by(-.size)[:5]"),
    ("sort_by(.a,.b)|reverse|first", "sort_by(.a, .b) | reverse | first"),
    ("unique_by(.id)|.[].id", "unique_by(.id) | .[].id"),
    (".[]|select(.name|startswith(\"sd\"))", ".[] | select(.name | startswith(\"sd\"))"),
    ("del(.a,.b)", "del(.a, .b)"),
    (".[] | select(has(\"error\"))", ".[] | select(has(\"error\"))"), ("[inputs]", "[inputs]"),
    ("reduce inputs as $x (0; .+$x.n)", "reduce inputs as $x (0; . + $x.n)"),
    (".ts|todate", ".ts | todate"), ("now-3600|todate", "now - 3600 | todate"),
    (".t|strptime(\"%Y\")|mktime", ".t | strptime(\"%Y\") | mktime"), ("fromjson?", "(fromjson)?"),
    ("split(\",\")[0]", "split(\",\")[0]"), ("gsub(\"\\\\s+\";\" \")", "gsub(\"\\\\s+\"; \" \")"),
    ("capture(\"(?<a>\\\\d+)\").a", "capture(\"(?<a>\\\\d+)\").a"), ("@json", "@json"),
    ("@base64d", "@base64d"),
    ("@sh \"echo \\(.a)\"", "@sh \"echo \\(.a)\""), ("limit(3;.[])", "limit(3; .[])"),
    ("first(.[]|select(.a))", "first(.[] | select(.a))"), ("[range(0;10;2)]", "[range(0; 10; 2)]"),
    ("env.x?", "?"),
    (
      "walk(if type==\"object\" then del(.secret) else . end)",
      "walk(if type == \"object\" then del(.secret) else . end)"
    ), ("tostream", "tostream"), ("input_line_number", "input_line_number"),
    (".data[\"ca.crt\"]|length", ".data[\"ca.crt\"] | length"), ("tojson|length", "tojson | length"),
    ("any(.[];.a==1)", "any(.[]; .a == 1)"), ("all(.ok)", "all(.ok)"), ("error(\"x\")", "error(\"x\")"),
    // Construction.
    ("{}", "{}"), ("[]", "[]"), ("{a}", "{\"a\": .a}"), ("{a,b}", "{\"a\": .a, \"b\": .b}"),
    ("{\"a b\"}", "{\"a b\": .[\"a b\"]}"), ("{$x}", "{\"x\": $x}"), ("{(.k): .v}", "{(.k): .v}"),
    ("{a: 1 | 2}", "{\"a\": (1 | 2)}"), ("{a: -1}", "{\"a\": (-1)}"), ("{a:1+2}", "{\"a\": (1 + 2)}"),
    ("{\"a\\(.b)\": 1}", "{(\"a\\(.b)\"): 1}"), ("{if: 1, end}", "{\"if\": 1, \"end\": .end}"),
    ("{a: .b[0]?}", "{\"a\": .b[0]?}"),
    ("{@base64 \"x\": 1}", "{(@base64 \"x\"): 1}"), ("[1,2,3]", "[1, 2, 3]"), ("[.a[]|.b]", "[.a[] | .b]"),
    ("{$__loc__}", "{\"__loc__\": {\"file\": \"<top-level>\", \"line\": 1}}"),
    ("\n\n$__loc__", "{\"file\": \"<top-level>\", \"line\": 3}"),
    // Operators.
    ("1+2*3-4", "1 + (2 * 3) - 4"), ("1-(2-3)", "1 - (2 - 3)"), ("1-2-3", "1 - 2 - 3"), ("-1", "(-1)"),
    ("-.a*2", "(-(.a * 2))"), ("-.a+2", "(-.a) + 2"), (".a//.b//.c", ".a // .b // .c"),
    ("(.a//.b)//.c", "(.a // .b) // .c"), (".a?//1", ".a? // 1"), (".a and .b or .c", "(.a and .b) or .c"),
    ("1,2|3,4", "(1, 2) | (3, 4)"), (".a=1|.b|=2", ".a = 1 | .b |= 2"), (".a+=1", ".a += 1"),
    (".a//=1", ".a //= 1"),
    (".a|=.+1", ".a |= (. + 1)"), ("1 as $x|2,$x", "1 as $x | 2, $x"), ("1+. as $x|$x", "1 + (. as $x | $x)"),
    ("1,.|2", "(1, .) | 2"), ("(1|2)|3", "(1 | 2) | 3"), ("1|2|3", "1 | 2 | 3"), (".5+1.", "0.5 + 1"),
    ("1E3", "1e3"), ("5 % 3 == 2", "(5 % 3) == 2"),
    ("try error(\"x\")", "try error(\"x\")"), ("try .a catch .b", "try .a catch .b"),
    ("try error(\"x\")//1", "(try error(\"x\")) // 1"), ("try -1+2", "(try (-1)) + 2"), (".a??", "(.a?)?"),
    ("(.a)?", "(.a)?"), ("(.a)?.b", "((.a)?).b"),
    // Control.
    ("if . then 1 else 2 end", "if . then 1 else 2 end"), ("if . then 1 end", "if . then 1 else . end"),
    ("if . then 1 elif 2 then 3 end", "if . then 1 else if 2 then 3 else . end end"),
    ("if 1 then 2 else 3 end|.a", "(if 1 then 2 else 3 end) | .a"),
    ("reduce .[] as $x (0; .+$x)", "reduce .[] as $x (0; . + $x)"),
    ("foreach .[] as $x (0;.+$x;[$x,.])", "foreach .[] as $x (0; . + $x; [$x, .])"),
    ("foreach .[] as [$a,$b] (0;$a)", "foreach .[] as [$a, $b] (0; $a)"),
    ("label $f|.[]|if . then break $f else . end", "label $f | .[] | (if . then break $f else . end)"),
    ("def f: .a; f", "def f: .a; f"), ("def f(g;$x): g+$x; f(1;2)", "def f(g; $x): g + $x; f(1; 2)"),
    ("def f(x): x; f(.)", "def f(x): x; f(.)"), ("def f: 1;", "def f: 1; ."),
    ("def f: def g: 2; g; f", "def f: def g: 2; g; f"), ("1|def f: 2; f", "1 | def f: 2; f"),
    ("def map(f): 1; map(2)", "def map(f): 1; map(2)"),
    ("def f: if .>0 then .-1|f else . end; f", "def f: if . > 0 then . - 1 | f else . end; f"),
    (". as [$a,{b:$c}] | $a", ". as [$a, {\"b\": $c}] | $a"),
    (
      ". as {a:$x,$y,$z:[$w],\"k\":$v,(\"a\"+\"b\"):$u}|$x",
      ". as {\"a\": $x, $y, $z: [$w], \"k\": $v, (\"a\" + \"b\"): $u} | $x"
    ), (".[] as [$a] ?// $a|$a", ".[] as [$a] ?// $a | $a"),
    // Strings, comments, blanks.
    ("\"\\u00e9\\ud83d\\ude00\\n\\t\\u0001\"", "\"é😀\\n\\t\\u0001\""), ("\"a\nb\"", "\"a\\nb\""),
    ("\"\\/\"", "\"/\""), ("\"\\\"\\\\\"", "\"\\\"\\\\\""),
    ("\"x\\(1+2)y\\(\"a\\(.)\")\"", "\"x\\(1 + 2)y\\(\"a\\(.)\")\""), (". # c\n|.a", ". | .a"),
    (" .a\t|\n.b ", ".a | .b"),
    ("\"env\"", "\"env\""), (".env", ".env"), (".[\"env\"]", ".env"), ("{env: 1}", "{\"env\": 1}"),
    ("\"$ENV\"", "\"$ENV\""), ("true,false,null", "true, false, null"), (".true", ".true"),
    ("\"é\"", "\"é\""),
  ])
  func isReadAndPrinted(_ text: String, _ canonical: String) throws {
    guard canonical != "?" else {
      #expect(throws: ProgramRefusal.self) { try JqFilter(parsing: text) }
      return
    }
    let filter = try JqFilter(parsing: text)
    #expect(filter.description == canonical)
    #expect(try JqFilter(parsing: filter.description) == filter)
  }

  @Test func theLongestFilterIsThreeThousandBytes() throws {
    let longest = "." + String(repeating: "a", count: JqFilter.longest - 1)
    #expect(try JqFilter(parsing: longest).description == longest)
    #expect(throws: ProgramRefusal.self) { try JqFilter(parsing: longest + "a") }
  }

  @Test func aFilterThatPrintsLongerThanTheLimitIsRefused() {
    #expect(throws: ProgramRefusal.self) {
      try JqFilter(parsing: Array(repeating: ".a,.b", count: 480).joined(separator: "|"))
    }
  }

  @Test(arguments: [
    "(", "[", "-", "try ", "if 1 then 2 elif ", "{a:", ".[", "map(", "\"\\(", "def f: ", ". as $x|",
    ". as [" + String(repeating: "[", count: 150),
  ])
  func nestingEndsAtTheLimit(_ opening: String) {
    let refusal = #expect(throws: ProgramRefusal.self) {
      try JqFilter(parsing: String(repeating: opening, count: 2_900 / opening.utf8.count))
    }
    #expect(refusal?.reason == "the filter nests deeper than \(JqFilter.deepest)")
  }

  @Test func nestingUpToTheLimitIsRead() throws {
    let text = String(repeating: "[", count: 99) + "1" + String(repeating: "]", count: 99)
    #expect(try JqFilter(parsing: text).description == text)
  }

  @Test func longRowsAreNoNesting() throws {
    let stages = Array(repeating: ".a", count: 500).joined(separator: " | ")
    #expect(try JqFilter(parsing: stages).description == stages)
    let sum = Array(repeating: "1", count: 101).joined(separator: " + ")
    #expect(try JqFilter(parsing: sum).description == sum)
    #expect(throws: ProgramRefusal.self) { try JqFilter(parsing: sum + " + 1") }
  }
}
