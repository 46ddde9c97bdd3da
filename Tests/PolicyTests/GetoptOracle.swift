import Glibc

/// What getopt_long(3) of the C library makes of an argument vector.
///
/// Swift's Glibc module leaves getopt.h out, so the function and its variables are looked up by name.
@unsafe struct GetoptOracle {
  struct Reading: Equatable {
    /// Options by their letter, with their values.
    var options: [String] = []
    var operands: [String] = []
  }

  /// `struct option` of getopt.h.
  @unsafe private struct LongOption {
    var name: UnsafeMutablePointer<CChar>?
    var argument: Int32
    var flag: UnsafeMutablePointer<Int32>?
    var value: Int32
  }

  private typealias Function =
    @convention(c) (
      Int32, UnsafeMutableRawPointer, UnsafePointer<CChar>, UnsafeMutableRawPointer,
      UnsafeMutablePointer<Int32>?
    ) -> Int32

  let shortOptions: String
  /// Name, has_arg, letter.
  let longOptions: [(name: String, argument: Int32, letter: UInt8)]
  private let function: Function
  private let index: UnsafeMutablePointer<Int32>
  private let reports: UnsafeMutablePointer<Int32>
  private let argument: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// Nil when the C library has no getopt_long.
  init?(shortOptions: String, longOptions: [(name: String, argument: Int32, letter: UInt8)]) {
    guard let function = unsafe dlsym(nil, "getopt_long"), let index = unsafe dlsym(nil, "optind"),
      let reports = unsafe dlsym(nil, "opterr"), let argument = unsafe dlsym(nil, "optarg")
    else { return nil }
    unsafe self.shortOptions = shortOptions
    unsafe self.longOptions = longOptions
    // These are their types in getopt.h.
    unsafe self.function = unsafeBitCast(function, to: Function.self)
    unsafe self.index = index.assumingMemoryBound(to: Int32.self)
    unsafe self.reports = reports.assumingMemoryBound(to: Int32.self)
    unsafe self.argument = argument.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
  }

  /// Nil when getopt_long finds a mistake. Not reentrant: getopt_long keeps its state in variables.
  func read(_ arguments: [String]) -> Reading? {
    // All copies live until the end; getopt_long permutes `vector`, not these arrays.
    let copies = unsafe arguments.map { unsafe strdup($0) }
    let names = unsafe longOptions.map { unsafe strdup($0.name) }
    defer {
      var rest = unsafe copies + names
      while let copy = unsafe rest.popLast() { unsafe free(copy) }
    }
    var table = unsafe zip(longOptions, names).map { entry, name in
      unsafe LongOption(name: name, argument: entry.argument, flag: nil, value: Int32(entry.letter))
    }
    unsafe table.append(LongOption(name: nil, argument: 0, flag: nil, value: 0))
    var vector = unsafe copies
    unsafe vector.append(nil)
    var reading = Reading()
    unsafe index.pointee = 0
    unsafe reports.pointee = 0
    while true {
      let result = unsafe function(Int32(arguments.count), &vector, shortOptions, &table, nil)
      if result == -1 { break }
      guard let letter = UInt8(exactly: result), letter != UInt8(ascii: "?") else { return nil }
      let value = unsafe argument.pointee.map { unsafe "=" + String(cString: $0) } ?? ""
      reading.options.append(String(UnicodeScalar(letter)) + value)
    }
    for position in unsafe Int(index.pointee)..<arguments.count {
      if let word = unsafe vector[position] { unsafe reading.operands.append(String(cString: word)) }
    }
    return reading
  }
}
