import Testing

@testable import Administration

@Suite("Numbers, times and text of a report")
struct ReportFormsTests {
  @Test func numbersAreGroupedAndRounded() {
    #expect(ReportNumber.grouped(1_234_567) == "1,234,567")
    #expect(ReportNumber.grouped(-999) == "-999")
    #expect(
      [42, 3_100, 750_000, 16_200_000].map { ReportNumber.duration($0) } == [
        "42 ms", "3.1 s", "12.5 min", "4.5 h",
      ])
    #expect([512, 3_200, 1 << 31].map { ReportNumber.bytes($0) } == ["512 B", "3.1 KiB", "2.0 GiB"])
    #expect(ReportNumber.bytes(.max) == "16777215 TiB")
  }

  @Test func aShareIsNeitherNothingNorAllUnlessItIs() {
    #expect(ReportNumber.share(1, of: 100_000) == "< 0.1 %")
    #expect(ReportNumber.share(99_999, of: 100_000) == "99.9 %")
    #expect(ReportNumber.share(0, of: 7) == "0 %")
    #expect(ReportNumber.share(7, of: 7) == "100 %")
    #expect(ReportNumber.share(1, of: 8) == "12.5 %")
  }

  @Test func weeksBeginOnMonday() {
    #expect(LocalCalendar.hourOfWeek(0) == 3 * 24)
    #expect(LocalCalendar.weekHourName(LocalCalendar.hourOfWeek(20_778 * 24 + 14)) == "Sat 14:00")
    #expect(LocalCalendar.dayName(20_778) == "Sat 21 Nov")
    #expect(LocalCalendar.text(ofHour: 20_778 * 24 + 5) == "2026-11-21 05:00")
  }

  @Test func textIsEscapedAndWhatIsNotSeenIsWrittenOut() {
    #expect(
      PageText.escaped("<a href=\"x\">'&'</a>") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;")
    #expect(
      PageText.escaped("a\u{202E}b\n\u{1B}\u{2028}\u{3164}\u{AD}\u{A0}")
        == "a\\u{202e}b\\x0a\\x1b\\u{2028}\\u{3164}\\xad\\xa0")
    #expect(PageText.escaped("größe 中文 é") == "größe 中文 é")
    #expect(PageText.prose("see `a <b>`.") == "see <code>a &lt;b&gt;</code>.")
  }

  @Test func thePolicyOfThePageNamesItsStyleAndScript() {
    // FIPS 180-4, "abc".
    #expect(PagePolicy.digest("abc") == "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    #expect(!PageStyle.text.contains("</") && !PageScript.text.contains("</"))
    #expect(!PageStyle.text.contains("url(") && !PageScript.text.contains("innerHTML"))
  }

  @Test(arguments: [
    (0, 2), (1, 2), (2, 2), (3, 4), (5, 6), (7, 10), (11, 20), (61, 100), (100, 100), (101, 200),
    (4_321, 6_000),
  ])
  func aChartEndsAtARoundNumber(_ most: Int, _ top: Int) { #expect(CallChart.ceiling(most) == top) }

  @Test func aRowThatIsTooLongIsCutWhereItIsLong() {
    let long = String(repeating: "x", count: 200)
    let text = ColumnText(
      titles: ["a", "b"], areNumbers: [true, false], rows: [["1", long], ["1,000", "y\u{1B}"]]
    ).description
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= ColumnText.width })
    #expect(text.contains("…") && text.contains("  1,000  y\\x1b\n"))
  }
}
