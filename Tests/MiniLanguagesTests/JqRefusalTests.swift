import MiniLanguages
import Testing

/// What never runs, and what the caller is told: the cause and the place.
@Suite struct JqRefusalTests {
  @Test(arguments: [
    // The environment.
    ("env", 0, "`env` is the environment"), ("env.PATH", 0, "`env` is the environment"),
    (".a|env", 3, "`env` is the environment"), ("[env]", 1, "`env` is the environment"),
    ("env|keys", 0, "`env` is the environment"), ("{a: env}", 4, "`env` is the environment"),
    ("\"\\(env)\"", 3, "`env` is the environment"), ("env(1)", 0, "`env` is the environment"),
    ("def f: env; f", 7, "`env` is the environment"), ("def env: 1; env", 4, "`env` cannot be redefined"),
    ("def f(env): env; f(1)", 6, "`env` cannot be redefined"),
    ("def f($env): env; f(1)", 6, "`env` cannot be redefined"),
    ("$ENV", 1, "`$ENV` is the environment"), ("$ENV.PATH", 1, "`$ENV` is the environment"),
    ("$ ENV", 2, "`$ENV` is the environment"), ("{$ENV}", 2, "`$ENV` is the environment"),
    ("1 as $ENV|$ENV", 6, "`$ENV` is the environment"),
    (". as [$ENV]|1", 7, "`$ENV` is the environment"), ("$ENV[\"PATH\"]", 1, "`$ENV` is the environment"),
    ("$__prog_args", 1, "`$__prog_args` belongs to jq itself"),
    ("$__env", 1, "`$__env` belongs to jq itself"), ("\"\\($ENV)\"", 4, "`$ENV` is the environment"),
    ("map($ENV)", 5, "`$ENV` is the environment"), (".[$ENV|keys[0]]", 3, "`$ENV` is the environment"),
    ("{(env|tostring):1}", 2, "`env` is the environment"),
    ("reduce env as $x (0;1)", 7, "`env` is the environment"),
    ("getenv(\"x\")", 0, "`getenv` would read the environment"),
    ("try env catch .", 4, "`env` is the environment"),
    ("if env then 1 else 2 end", 3, "`env` is the environment"),
    (". as {(env|keys[0]): $x}|$x", 7, "`env` is the environment"), ("env?", 0, "`env` is the environment"),
    ("@sh \"\\(env)\"", 7, "`env` is the environment"),
    // Modules and files.
    ("import \"a\" as a; .", 0, "`import` reads a file of definitions"),
    ("include \"a\"; .", 0, "`include` reads a file of definitions"),
    ("import \"a\" as $a; $a", 0, "`import` reads a file of definitions"),
    ("module {}; .", 0, "`module` reads a file of definitions"),
    ("modulemeta", 0, "`modulemeta` reads a module's file"),
    ("\"a\"|modulemeta", 4, "`modulemeta` reads a module's file"),
    ("get_search_list", 0, "`get_search_list` shows where jq looks for files"),
    ("a::b", 0, "`a::` names a module"), (".|a::b(1)", 2, "`a::` names a module"),
    ("$a::b", 1, "`a::` names a module"),
    ("(import \"a\" as a; .)", 1, "`import` reads a file of definitions"),
    ("get_jq_origin", 0, "`get_jq_origin` shows where jq is installed"),
    ("get_prog_origin", 0, "`get_prog_origin` shows where jq is started"),
    ("input_file(\"/etc/shadow\")", 0, "`input_file` would read a file"),
    // Functions that are not there.
    ("slect(.a)", 0, "there is no function `slect`"), ("foo", 0, "there is no function `foo`"),
    ("system(\"id\")", 0, "there is no function `system`"),
    ("_modify(.a;1)", 0, "there is no function `_modify`"),
    ("map(.a;.b)", 0, "`map` does not take 2 arguments"),
    ("map", 0, "`map` does not take 0 arguments"), ("length(1)", 0, "`length` does not take 1 argument"),
    ("def f: g; f", 7, "there is no function `g`"), ("(def f: 1; f)|f", 14, "there is no function `f`"),
    ("def f(g): 1; g", 13, "there is no function `g`"),
    ("def f(a): f; f(1)", 10, "`f` does not take 0 arguments"), ("@foo", 0, "jq has no format `@foo`"),
    ("@sh2 \"x\"", 0, "jq has no format `@sh2`"), ("@", 0, "jq has no format `@`"),
    ("hello world", 0, "there is no function `hello`"), ("true(1)", 0, "there is no function `true`"),
    // What is not a filter.
    ("'.a'", 0, "this character means nothing to jq"), (".a;", 2, "`;` does not belong here"),
    (".a |", 4, "the filter ends too early"), ("| .a", 0, "`|` does not belong here"),
    (".a,,.b", 3, "`,` does not belong here"), ("(.a", 3, "the filter ends too early"),
    (".a)", 2, "`)` does not belong here"), ("[.a", 3, "the filter ends too early"),
    ("{a:}", 3, "`}` does not belong here"), ("{a:1,}", 5, "`}` does not belong here"),
    ("{1:2}", 1, "`1` does not belong here"), ("{(.a)}", 5, "`}` does not belong here"),
    (".[", 2, "the filter ends too early"),
    (".[1:2:3]", 5, "`:` does not belong here"), (".a b", 3, "`b` does not belong here"),
    (".a.1", 2, "`0.1` does not belong here"), ("..a", 2, "`a` does not belong here"),
    ("\"abc", 0, "the string does not end"), ("\"a\\", 0, "the string does not end"),
    ("\"\\q\"", 1, "a string does not know this escape"),
    ("\"\\'\"", 1, "a string does not know this escape"),
    ("\"\\u12\"", 1, "`\\u` takes four hexadecimal digits"),
    ("\"\\ud800\"", 1, "this `\\u` is half a character"),
    ("\"\\udc00\"", 1, "this `\\u` is half a character"),
    ("\"\\ud800\\u0041\"", 1, "this `\\u` is half a character"), ("\"\\(\"", 3, "the string does not end"),
    ("\"\\(1", 4, "the filter ends too early"), ("\"\\()\"", 3, "`)` does not belong here"),
    ("if . then 1", 11, "the filter ends too early"), ("if . 1 end", 5, "`1` does not belong here"),
    ("1==1==1", 4, "`==` after `==` is ambiguous"), (".a=.b=1", 5, "`=` after `=` is ambiguous"),
    ("1<2>3", 3, "`>` after `<` is ambiguous"),
    ("reduce .[] as $x (0)", 19, "`)` does not belong here"),
    ("foreach .[] as $x (0;1;2;3)", 24, "`;` does not belong here"),
    ("def f .a; f", 6, "`.a` does not belong here"), ("def: 1; .", 3, "`:` does not belong here"),
    ("label f|1", 6, "`f` does not belong here"), (". as x|1", 5, "`x` does not belong here"),
    (". as []|1", 6, "`]` does not belong here"), (". as {a}|1", 7, "`}` does not belong here"),
    ("break", 5, "the filter ends too early"), ("$", 1, "the filter ends too early"),
    ("$if", 1, "`if` does not belong here"), ("and", 0, "`and` does not belong here"),
    (".a = ", 5, "the filter ends too early"),
    (".a\u{0}", 2, "this character means nothing to jq"),
    (".a\r|.b", 2, "this character means nothing to jq"), ("é", 0, "this character means nothing to jq"),
    (".é", 1, "this character means nothing to jq"), (".a\u{a0}", 2, "this character means nothing to jq"),
    ("`id`", 0, "this character means nothing to jq"),
    (".a-b", 3, "there is no function `b`"),
    ("# a\\\nenv", 3, "versions of jq end this comment at different places"),
    ("# a\renv", 3, "versions of jq end this comment at different places"),
    (".a && .b", 3, "this character means nothing to jq"), (".a || .b", 4, "`|` does not belong here"),
    ("!.a", 0, "this character means nothing to jq"),
  ])
  func isRefusedWithItsCauseAndPlace(_ text: String, _ offset: Int, _ reason: String) {
    let refusal = #expect(throws: ProgramRefusal.self) { try JqFilter(parsing: text) }
    #expect(refusal?.reason == reason)
    #expect(refusal?.offset == offset)
  }

  @Test(arguments: [
    ("slect(.a)", "did you mean `select`?"),
    ("to_entry", "text stands in double quotes, a key as `.to_entry`"), ("lenght", "did you mean `length`?"),
    ("map(.a;.b)", "it takes 1; arguments are separated by `;`"),
    ("range", "it takes 1 or 2 or 3; arguments are separated by `;`"),
    ("def total: add; totl", "did you mean `total`?"),
    ("name", "text stands in double quotes, a key as `.name`"),
    ("import \"a\" as a; .", "define what you need with `def`"),
    ("env", "filters compute from their input alone"), ("'x'", "text stands in double quotes"),
    ("map(.a,", ""), ("{(.a)}", "`:` is missing after a computed key"),
    ("1==1==1", "put parentheses around one"),
  ])
  func isToldWhatToWriteInstead(_ text: String, _ hint: String) {
    #expect(#expect(throws: ProgramRefusal.self) { try JqFilter(parsing: text) }?.hint == hint)
  }
}
