import CommandGrammar
import Policy
import Testing

@Suite("getopt agrees with the C library", .serialized)
struct GetoptAgreementTests {
  static let fragments = [
    "-n", "-n5", "-fn", "-fn5", "-nf", "-b", "-bX", "-rb", "-bf", "-f", "-rf", "-vv", "-e", "-e-x", "-ve",
    "--lines", "--lines=",
    "--lines=x", "--lines=-x", "--boot", "--boot=", "--boot=q", "--follow", "--follow=1", "--verbose", "--li",
    "--", "-", "a", "",
    "=", "--=", "-=", "-n=", "x=y", "---", "-x", "--unknown", "b c", "-é", "5", "-5", "--lines =5", "-f-",
    "-n-", "-b-",
  ]

  @Test("on what a line means, and on what its canonical form means", arguments: [true, false])
  func agreement(permutes: Bool) throws {
    let sample = try policy(
      rule(
        "tool", permutes ? .getopt : .posix,
        options: [
          ("-n, --lines", "pattern, repeated"), ("-e", "pattern, repeated"),
          ("-f, --follow", "flag, repeated"), ("-r", "flag, repeated"),
          ("-v, --verbose", "flag, repeated"), ("-b, --boot", "optional pattern, repeated"),
        ], operands: ["pattern*"]))
    // The oracle's calls are not reentrant, and this suite is serialized.
    guard
      let oracle = unsafe GetoptOracle(
        shortOptions: (permutes ? "" : "+") + "n:e:frvb::",
        longOptions: [
          ("lines", 1, UInt8(ascii: "n")), ("follow", 0, UInt8(ascii: "f")),
          ("verbose", 0, UInt8(ascii: "v")),
          ("boot", 2, UInt8(ascii: "b")),
        ])
    else {
      Issue.record("the C library has no getopt_long")
      return
    }
    var generator = SplitMix(state: permutes ? 1 : 2)
    var allowed = 0
    for _ in 0..<30_000 {
      let words = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        Self.fragments.randomElement(using: &generator) ?? ""
      }
      let line = CommandLine(steps: [
        Step(condition: .always, stages: [Stage(words: (["tool"] + words).map { Word($0) })])
      ])
      guard case .allowed(let judged) = sample.judge(line),
        case .run(let run) = judged.steps[0].stages[0].action
      else { continue }
      allowed += 1
      let canonical = run.arguments.compactMap { argument -> String? in
        if case .literal(let text) = argument { text } else { nil }
      }
      let meant = unsafe oracle.read(["tool"] + words)
      let agrees = unsafe meant != nil && oracle.read(canonical) == meant
      #expect(agrees, "\(words) became \(canonical)")
    }
    // Lines that are refused prove nothing here.
    #expect(allowed > 1_500)
  }
}

/// The SplitMix64 generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
