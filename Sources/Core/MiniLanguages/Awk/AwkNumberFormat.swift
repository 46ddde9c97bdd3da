/// What OFMT and CONVFMT may be.
///
/// mawk 1.3.4 hands both to printf(3) with a double, whatever they are, and CONVFMT's result goes into 260 bytes: `%s`
/// ends it by a signal, and so does `%f` of a large number.
enum AwkNumberFormat {
  /// The reason why a format may not be the value of the variable, or nil.
  static func objection(to format: [UInt8], in variable: String) -> AwkRestrictions.Reason? {
    var rest = format[...]
    func digits(_ rest: inout ArraySlice<UInt8>) -> Int {
      let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
      rest = rest.dropFirst(count)
      return count
    }
    var fits = rest.popFirst() == UInt8(ascii: "%")
    rest = rest.drop { "-+ #".utf8.contains($0) }
    fits = fits && digits(&rest) <= 2
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      fits = fits && digits(&rest) <= 2
    }
    let conversions = variable == "CONVFMT" ? "egEG" : "efgEG"
    if fits, rest.count == 1, rest.allSatisfy(conversions.utf8.contains) { return nil }
    return AwkRestrictions.Reason(
      reason: "the value of `\(variable)` is not a safe format for numbers",
      hint: variable == "CONVFMT"
        ? "write `%.6g` or the like, or use sprintf(\"%.2f\", x)"
        : "write `%.2f`, `%.6g` or the like")
  }
}
