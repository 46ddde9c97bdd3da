// Measures the policy engine; scripts/bench policy and scripts/bench gateway run it.
import Glibc
import Policy
import PolicyFiles

let usage = """
  usage: policy-benchmark judge DIRECTORY TURNS   parses and judges the lines of standard input in turn;
                                                  prints the microseconds of each turn
         policy-benchmark load DIRECTORY TURNS    prints the milliseconds of each load
         policy-benchmark hold DIRECTORY COUNT    loads it COUNT times, prints `ready`, keeps them until
                                                  standard input ends
  """

func load(_ directory: String) throws(PolicyFilesError) -> Policy {
  try PolicyLoader(isExecutable: { _ in true }).load(directory: directory).policy
}

/// One row for each turn, so that whoever reads them chooses the quantile.
func printTimes(turns: Int, unit: Double, _ body: (Int) throws -> Void) rethrows {
  let clock = ContinuousClock()
  for turn in 0..<turns {
    let time = try clock.measure { try body(turn) }
    print((Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18) / unit)
  }
}

let words = CommandLine.arguments
guard words.count == 4, let count = Int(words[3]), count > 0 else { preconditionFailure(usage) }
switch words[1] {
case "judge":
  var lines: [String] = []
  while let line = readLine() { lines.append(line) }
  precondition(!lines.isEmpty, "no lines on standard input")
  let policy = try load(words[2])
  printTimes(turns: count, unit: 1e-6) { turn in _ = policy.judge(parsing: lines[turn % lines.count]) }
case "load":
  try printTimes(turns: count, unit: 1e-3) { _ in _ = try load(words[2]) }
case "hold":
  let policies = try (0..<count).map { _ in try load(words[2]) }
  print("ready")
  fflush(nil)
  _ = readLine()
  precondition(policies.count == count)
default: preconditionFailure(usage)
}
