import Kernel
import Testing

@testable import SystemCallFilter

@Suite("Exported filters")
struct FilterExportTests {
  @Test("each combination of features is a program of its own that the kernel has room for")
  func programs() throws {
    var programs: Set<[UInt8]> = []
    for combination in FilterFeatures.combinations {
      let program = try FilterExport.program(for: combination)
      #expect(program.count % 8 == 0)
      #expect((50...4096).contains(program.count / 8), "\(program.count / 8) instructions")
      #expect(programs.insert(program).inserted)
    }
  }

  @Test("the file has a program for each combination, and no more")
  func file() throws {
    let file = try FilterExport.file()
    for index in FilterFeatures.combinations.indices {
      let isThere = try FilterProgram(index, in: file) != nil
      #expect(isThere, "\(index)")
    }
    let isBeyond = try FilterProgram(FilterFeatures.combinations.count, in: file) != nil
    #expect(!isBeyond)
  }

  @Test("the file cannot be changed by those who get it")
  func sealed() throws {
    let file = try FilterExport.file()
    try file.seek(to: 0)
    #expect(throws: KernelError.self) { try file.writeAll([0]) }
  }

  @Test("held calls return to the supervisor, and calls of other architectures kill")
  func outcomes() throws {
    // BPF_RET with SECCOMP_RET_USER_NOTIF: struct sock_filter, code 0x06, k 0x7FC00000.
    let held = try returns(of: [], 0x7FC0_0000)
    let killed = try returns(of: [], 0x8000_0000)
    #expect(held >= 1 && killed >= 1)
  }

  private func returns(of features: FilterFeatures, _ action: UInt32) throws -> Int {
    let program = try FilterExport.program(for: features)
    return stride(from: 0, to: program.count, by: 8).count { start in
      let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(program[start + 4 + $1]) << UInt32(8 * $1) }
      return program[start] == 0x06 && value == action
    }
  }
}
