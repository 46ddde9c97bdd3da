import Testing

@testable import Administration

@Suite("Names of logs, and patterns of names")
struct AuditFilterTests {
  @Test(arguments: [
    ("web-*", "web-01", true), ("web-*", "db-01", false), ("*", "", true), ("*", "x", true), ("?", "", false),
    ("a?c", "abc", true), ("a?c", "abbc", false), ("*b*b", "abab", true), ("*b*b", "aba", false),
    ("", "", true),
    ("", "x", false), ("a*", "a", true), ("**a", "bba", true), ("[a]", "a", false), ("*.*", "a.b", true),
  ])
  func aPatternFitsTheWholeName(_ pattern: String, _ name: String, _ fits: Bool) {
    #expect(NamePattern(pattern).matches(name) == fits)
  }

  @Test func aHostilePatternTakesNoTime() {
    let pattern = NamePattern(String(repeating: "*a", count: 40) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 2_000)))
  }

  @Test(arguments: [
    ("audit.log", "audit.log", true), ("audit.log.1", "audit.log", true),
    ("audit.log.12.gz", "audit.log", true),
    ("audit.log-20261121", "audit.log", true), ("audit.log-20261121.zst", "audit.log", true),
    ("audit.log.20261121.xz", "audit.log", true), ("web-01.log", "web-01.log", true),
    ("web-01.log.3.bz2", "web-01.log", true), ("audit.log.gz", "audit.log", true),
    ("notes.txt", "notes.txt", false),
    (".log", ".log", false), (".audit.log", ".audit.log", false), ("log", "log", false),
    ("audit.log.1.swp", "audit.log.1.swp", false),
    ("web-12345678.log", "web-12345678.log", true),
  ])
  func aLogIsKnownByItsName(_ name: String, _ base: String, _ isLog: Bool) {
    #expect(LogName(name).base == base)
    #expect(LogName(name).isLog == isLog)
  }

  @Test func theHighestNumberIsTheOldestAndDatesAreOlderThanNumbers() {
    let names = [
      "audit.log", "audit.log.10.gz", "audit.log-20261121", "audit.log.2", "audit.log-20261119.xz",
      "audit.log.1",
    ]
    let series = LogSeries.grouped(names.map { "/x/\($0)" }) { _ in nil }
    #expect(series.count == 1)
    #expect(
      series.first?.paths == [
        "/x/audit.log-20261119.xz", "/x/audit.log-20261121", "/x/audit.log.10.gz", "/x/audit.log.2",
        "/x/audit.log.1",
        "/x/audit.log",
      ])
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("a", "a"), ("", ""), ("a,b", "\"a,b\""),
    ("a\"b", "\"a\"\"b\""), ("a;=1", "\"a;=1\""), ("=\"x\"", "\"'=\"\"x\"\"\""), ("a\nb", "a\\x0ab"),
    ("\t=1", "\\x09=1"),
  ])
  func aCellOfCSVIsText(_ text: String, _ cell: String) { #expect(ListCSV.cell(text) == cell) }

  @Test(arguments: [
    (UInt64(0), "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (59_999, "59.9 s"), (60_000, "1 min 0 s"),
    (3_599_999, "59 min 59 s"), (3_720_000, "1 h 2 min"),
  ])
  func aDurationIsShort(_ milliseconds: UInt64, _ text: String) {
    #expect(CallText.duration(milliseconds) == text)
  }
}
