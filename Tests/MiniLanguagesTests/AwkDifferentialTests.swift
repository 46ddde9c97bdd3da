import Kernel
import TestSupport
import Testing

@testable import MiniLanguages

/// What was typed and what runs instead do the same in every awk that is installed.
@Suite struct AwkDifferentialTests {
  @Test(arguments: AwkAllowedPrograms.all)
  func awksDoTheSameForWhatWasTypedAndForWhatRuns(_ text: String) throws {
    let canonical = try AwkProgram(parsing: text).description
    let samples = try AwkSamples()
    for awk in AwkTool.installed {
      let typed = try awk.run(text, files: AwkSamples.names, in: samples.directory)
      let printed = try awk.run(canonical, files: AwkSamples.names, in: samples.directory)
      // Not every awk reads every program as it was typed: original-awk wants `print (a == b)`, mawk has no `**`. What
      // runs is read by all of them, but for functions and operators that one does not have.
      if typed.succeeded {
        #expect(typed == printed, "\(awk) \(text) as \(canonical)")
      } else {
        #expect(!awk.isMawk || text.contains("**"), "\(awk) \(text)")
        #expect(printed.succeeded || !awk.isMawk, "\(awk) \(canonical)")
      }
    }
    #expect(try samples.strangers() == [])
  }

  @Test func thereIsAnAwkToCompareWith() {
    #expect(AwkTool.installed.contains { $0.isMawk }, "install mawk, Debian's awk")
  }

  @Test func aDifferenceWouldBeSeen() throws {
    let samples = try AwkSamples()
    let awk = try #require(AwkTool.installed.first)
    let one = try awk.run("{ print 1 > \"made\" }", files: AwkSamples.names, in: samples.directory)
    let other = try awk.run("{ print 2 }", files: AwkSamples.names, in: samples.directory)
    #expect(one != other)
    #expect(try samples.strangers() == ["made"])
  }
}
