internal import ArgumentParser
internal import Policy
internal import PolicyFiles

/// `keyhole policy test`: what must be allowed is, and what must be refused is.
struct PolicyTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the policy's examples and cases files.",
    discussion: """
      The examples of all commands are judged, and the cases of the files that are named; without any, of all files \
      below the policy directory whose names end in .cases. A file of cases is YAML:

        as: web
        allow: [journalctl -u nginx]
        deny: [journalctl --rotate]
        cases:
          - {line: cat /etc/shadow, because: password hashes}
          - {line: df, as: role observer, runs: df}

      Lines are judged as if every command were installed, so that a policy can be tested on another host. Exits with 0 \
      when all cases pass, with 1 when one fails, and with 2 when the policy or a file cannot be read.
      """)

  @OptionGroup var options: PolicyOptions

  @Flag(name: .shortAndLong, help: "Also list the cases that pass.")
  var verbose = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(help: ArgumentHelp("Files of cases; - is standard input.", valueName: "cases"))
  var cases: [String] = []

  func run() throws {
    let policy = try options.load().policy
    var run = CaseRun(policy: policy)
    run.addExamples()
    for file in cases.isEmpty ? CaseFile.paths(below: options.policy) : cases {
      let input = InputFile(file)
      let bytes = try input.readAll(limit: CaseFile.largest)
      do throws(PolicyFilesError) {
        run.add(try CaseFile.cases(in: bytes, path: file == "-" ? "(standard input)" : file))
      } catch {
        StandardStreams.error(error.description)
        throw unusable("\(counted(error.diagnostics.count, "error")) in \(input.shown)")
      }
    }
    if json {
      StandardStreams.output(run.json(directory: options.policy).description + "\n")
    } else {
      StandardStreams.output(run.text(isVerbose: verbose))
    }
    if run.failures > 0 { throw ExitStatus.failure }
  }
}
