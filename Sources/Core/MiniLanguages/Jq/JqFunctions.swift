/// jq's functions: the manual of 1.6 and 1.7, and what `builtins` lists.
enum JqFunctions {
  /// What the environment or files are read with, and why it is refused.
  static let refused: [String: (reason: String, hint: String)] = [
    "env": ("`env` is the environment", "filters compute from their input alone"),
    "modulemeta": ("`modulemeta` reads a module's file", "define what you need with `def`"),
    "get_search_list": ("`get_search_list` shows where jq looks for files", "leave it out"),
    "get_jq_origin": ("`get_jq_origin` shows where jq is installed", "leave it out"),
    "get_prog_origin": ("`get_prog_origin` shows where jq is started", "leave it out"),
    "getenv": ("`getenv` would read the environment", "filters compute from their input alone"),
    "input_file": ("`input_file` would read a file", "name the file as an operand"),
  ]

  /// How many arguments each function takes.
  static let allowed: [String: [Int]] = {
    var table: [String: [Int]] = [:]
    for entry in list.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let parts = entry.split(separator: "/")
      guard let name = parts.first, parts.count == 2 else { continue }
      table[String(name)] = parts[1].split(separator: ",").compactMap { Int($0) }
    }
    return table
  }()

  private static let list = """
    IN/1,2 INDEX/1,2 JOIN/2,3,4 GROUP_BY/1 UNIQUE_BY/1 ascii/0 abs/0 add/0,1 all/0,1,2 any/0,1,2 arrays/0 ascii_downcase/0
    ascii_upcase/0 booleans/0 bsearch/1 builtins/0 capture/1,2 combinations/0,1 contains/1 date/0 dateadd/2 datesub/2
    debug/0,1 del/1 delpaths/1 empty/0 endswith/1 error/0,1 explode/0 finites/0 first/0,1 flatten/0,1 format/1
    from_entries/0 fromdate/0 fromdateiso8601/0 fromjson/0 fromstream/1 getpath/1 gmtime/0 group_by/1 gsub/2,3 halt/0
    halt_error/0,1 has/1 have_decnum/0 have_literal_numbers/0 implode/0 in/1 index/1 indices/1 infinite/0 input/0
    input_filename/0 input_line_number/0 inputs/0 inside/1 isempty/1 isfinite/0 isinfinite/0 isnan/0 isnormal/0 isvalid/1
    iterables/0 join/1 keys/0 keys_unsorted/0 last/0,1 leaf_paths/0 length/0 limit/2 localtime/0 ltrim/0 ltrimstr/1 map/1
    map_values/1 match/1,2 max/0 max_by/1 min/0 min_by/1 mktime/0 nan/0 normals/0 not/0 now/0 nth/1,2 nulls/0 numbers/0
    objects/0 path/1 paths/0,1 pick/1 range/1,2,3 recurse/0,1,2 recurse_down/0 repeat/1 reverse/0 rindex/1 rtrim/0
    rtrimstr/1 scalars/0 scalars_or_empty/0 scan/1,2 select/1 setpath/2 skip/2 sort/0 sort_by/1 split/1,2 splits/1,2
    startswith/1 stderr/0 strflocaltime/1 strftime/1 strings/0 strptime/1 sub/2,3 test/1,2 to_entries/0 toarray/0
    todate/0 todateiso8601/0 tojson/0 tonumber/0 tostream/0 tostring/0 transpose/0 trim/0 trimstr/1 truncate_stream/1
    type/0 unique/0 unique_by/1 until/2 utf8bytelength/0 values/0 walk/1 while/2 with_entries/1

    acos/0 acosh/0 asin/0 asinh/0 atan/0 atan2/2 atanh/0 cbrt/0 ceil/0 copysign/2 cos/0 cosh/0 drem/2 erf/0 erfc/0 exp/0
    exp10/0 exp2/0 expm1/0 fabs/0 fdim/2 floor/0 fma/3 fmax/2 fmin/2 fmod/2 frexp/0 gamma/0 hypot/2 j0/0 j1/0 jn/2
    ldexp/2 lgamma/0 lgamma_r/0 log/0 log10/0 log1p/0 log2/0 logb/0 modf/0 nearbyint/0 nextafter/2 nexttoward/2 pow/2
    pow10/0 remainder/2 rint/0 round/0 scalb/2 scalbln/2 significand/0 sin/0 sinh/0 sqrt/0 tan/0 tanh/0 tgamma/0 trunc/0
    y0/0 y1/0 yn/2
    """

  /// The known name that is at most two changes away, and most of it the same; nil if there is none.
  static func nearest(to name: String, also defined: [String]) -> String? {
    guard name.utf8.count <= 32 else { return nil }
    let candidates = (defined + allowed.keys.sorted()).map {
      ($0, distance(Array(name.utf8), Array($0.utf8)))
    }
    guard let best = candidates.min(by: { $0.1 < $1.1 }), best.1 <= 2, best.1 * 3 <= name.utf8.count else {
      return nil
    }
    return best.0
  }

  /// How many bytes to insert, remove or replace.
  private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (index, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in second.indices {
        let replaced = diagonal + (byte == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column + 1] + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
