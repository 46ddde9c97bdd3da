import DeniedFiles
import Glibc
import SecretPaths
import TestSupport
import Wire

@testable import Kernel
@testable import Sandbox

/// The parts of a sandbox, over this process's own /proc and without privilege.
enum SandboxParts {
  static func deniedPaths(_ patterns: [String]) throws -> DeniedPathsFile {
    let entries = try patterns.map { pattern in
      SecretPaths.Entry(pattern: try PathPattern(pattern), reason: "it is \(pattern)", location: "")
    }
    return try DeniedPathsFile(.memoryFile(named: "test", holding: DeniedPathsFile.file(of: entries)))
  }

  static func judge(
    denying patterns: [String] = [], index: [DeniedFile] = [], madeAt: Int64 = .max, complete: Bool = true
  ) throws -> ObjectJudge {
    let bytes = DeniedFileIndex.file(of: index, madeAt: madeAt, complete: complete)
    return try ObjectJudge(
      deniedPaths: deniedPaths(patterns),
      deniedFiles: DeniedFileIndex(.memoryFile(named: "test", holding: bytes)))
  }

  static func resolver() throws -> PathResolver {
    try PathResolver(callers: CallerView(processes: .open("/proc", [.path, .directory])))
  }

  static func opener(denying patterns: [String] = []) throws -> FileOpener {
    let confinement = Confinement(
      user: geteuid(), group: getegid(), keepsReadPrivilege: false, keepsGroupPrivilege: false,
      isolatesNetwork: true)
    return FileOpener(
      resolver: try resolver(), judge: try judge(denying: patterns),
      privileges: SupervisorPrivileges(confinement))
  }
}

/// A process that does nothing, as one whose calls are held does nothing; ended with the value.
final class Caller: Sendable {
  private let child: ChildProcess
  var process: ProcessID { child.process }

  /// `files` are its descriptors from 3 on.
  init(in directory: FilePath, files: [CInt] = []) throws {
    let null = try FileDescriptor.open("/dev/null")
    let directory = try FileDescriptor.open(directory, [.path, .directory])
    var plan = SpawnPlan(
      arguments: ["sleep", "600"].map(bytes), environment: [],
      descriptors: [null.number, null.number, null.number] + files)
    plan.workingDirectory = directory.number
    plan.diesWithParent = false
    child = try ChildProcess.spawn(try .open("/bin/sleep", .path), plan)
  }

  deinit {
    try? child.kill()
    _ = try? child.wait()
  }
}
