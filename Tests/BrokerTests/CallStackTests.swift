import Kernel
import MiniLanguages
import Testing

@testable import Broker

/// Whoever nests a program as deep as its parser allows must not end the broker. A stack that is too small ends this
/// test's process.
@Suite("On the stack that a call has")
struct CallStackTests {
  private static func nested(_ open: String, _ close: String, _ inner: String, _ depth: Int) -> String {
    String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
  }

  @Test(
    "every program is read to its end, however deep",
    arguments: [
      ("(", ")", "1"), ("[", "]", "1"), ("{", "}", "p"), ("-", "", "1"), ("$", "", "1"), ("!", "", "1"),
      ("if 1 then ", " else . end", "."), ("try ", "", "."), ("{a:", "}", "1"), ("\"\\(", ")\"", "."),
      (".[", "]", "0"),
      ("if (1) ", "", "print"), ("while (1) {", "}", "x"), ("a[", "]", "1"), ("f(", ")", "1"),
      ("1 + ", "", "1"),
      ("reduce . as $x (", "; .)", "."), ("def f: ", "; .", "."), (". | ", "", "."), (". as $x | ", "", "."),
      ("1 ? ", " : 1", "1"), ("(x in ", ")", "a"), ("/a/,", "", "/a/"), ("label $x | ", "", "."),
    ])
  func deep(open: String, close: String, inner: String) throws {
    try WorkerThread.perform(stackSize: RequestPath.stackSize) {
      for depth in [1, 10, 19, 21, 50, 99, 101, 500] {
        let text = Self.nested(open, close, inner, depth)
        _ = try? JqFilter(parsing: text).description
        _ = try? SedScript(parsing: text).description
        _ = try? AwkProgram(parsing: text).description
        _ = try? AwkProgram(parsing: "{ x = " + text + " }").description
        _ = try? AwkProgram(parsing: "{ " + text + " }").description
      }
    }
  }
}
