internal import ArgumentParser
internal import Kernel
internal import Policy
internal import PolicyFiles

/// `keyhole policy format`: lay policy files out in the one way, without changing what they mean.
struct PolicyFormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format", abstract: "Lay out policy files, without changing what they mean.",
    discussion: """
      Two spaces a level, the keys of a command in the order of the reference, one blank line between commands, lists \
      that are wider than 120 columns on lines of their own. Comments and quotes stay. Each file is replaced in one \
      step, and only when its meaning is proven to be the same.
      Exits with 0; with --check 1 when a file would change; 2 when a file cannot be read or laid out.
      """)

  @Flag(help: "Change nothing; list the files that would change.")
  var check = false

  @Flag(help: "Print the one file that is named instead of changing it.")
  var stdout = false

  @Argument(
    help: "Files, directories (all *.yaml below), or - for standard input. Default: the policy directory.")
  var paths: [String] = []

  func validate() throws {
    if check && stdout { throw ValidationError("--check and --stdout are two things: choose one") }
    if stdout && paths.count != 1 {
      throw ValidationError("--stdout wants one file, or - for standard input")
    }
    if !stdout && paths.contains("-") { throw ValidationError("- is for --stdout") }
  }

  func run() throws {
    if stdout { return try printOne(paths[0]) }
    var files: [String] = []
    var isBroken = false
    for path in paths.isEmpty ? [standardPolicyDirectory] : paths {
      do throws(KernelError) {
        files += try FormattedFiles.below(path)
      } catch {
        isBroken = true
        Words.complain("\(error)", hint: "name files or directories of policies")
      }
    }
    var changed = 0
    for file in files {
      do throws(FormattedFiles.Problem) {
        guard let new = try FormattedFiles.change(of: file) else { continue }
        changed += 1
        StandardStreams.output(file + "\n")
        if !check { try FormattedFiles.write(new, to: file) }
      } catch {
        isBroken = true
        StandardStreams.error(error.text)
      }
    }
    let words = counted(files.count, "file")
    StandardStreams.error(
      check ? "keyhole: \(changed) of \(words) would change\n" : "keyhole: \(changed) of \(words) changed\n")
    if isBroken { throw ExitStatus.brokenPolicy }
    if check && changed > 0 {
      StandardStreams.error("hint: keyhole policy format does it\n")
      throw ExitStatus.failure
    }
  }

  private func printOne(_ path: String) throws {
    do throws(FormattedFiles.Problem) {
      let bytes = path == "-" ? try FormattedFiles.standardInput() : try FormattedFiles.read(path)
      StandardStreams.output(String(decoding: try FormattedFiles.format(bytes, path: path), as: UTF8.self))
    } catch {
      StandardStreams.error(error.text)
      throw ExitStatus.brokenPolicy
    }
  }
}
