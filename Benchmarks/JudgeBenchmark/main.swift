// How long it takes to parse and judge a line: prints the microseconds of each turn, one a line.
// usage: judge-benchmark POLICY-DIRECTORY TURNS
import CommandGrammar
import Policy
import PolicyFiles

let lines = [
  "uptime", "journalctl -u nginx -n 50 --no-pager", "ps aux | grep nginx | head -5",
  "grep -ri --include='*.conf' listen /etc/nginx 2>/dev/null", "cat /etc/shadow",
  "find /var/log -name '*.log' -mtime -1",
]
let words = Swift.CommandLine.arguments
guard words.count == 3, let turns = Int(words[2]) else {
  preconditionFailure("usage: judge-benchmark POLICY-DIRECTORY TURNS")
}
let policy = try PolicyLoader(isExecutable: { _ in true }).load(directory: words[1]).policy
let clock = ContinuousClock()
for turn in 0..<turns {
  let line = Array(lines[turn % lines.count].utf8)
  let time = try clock.measure { _ = policy.judge(try CommandGrammar.CommandLine(parsing: line)) }
  print(Double(time.components.attoseconds) / 1e12)
}
