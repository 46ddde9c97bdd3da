internal import CSeccomp
internal import Glibc
public import Kernel

/// A rule that libseccomp would not take.
public struct FilterError: Error, CustomStringConvertible {
  public var call: String
  /// As in errno(3).
  public var code: Int32

  public var description: String {
    "seccomp filter, \(call): \(unsafe String(cString: strerror(code)))"
  }
}

/// Compiles the rules to programs for the kernel. It takes about half a millisecond each, so it is done once,
/// at start; installing a finished program takes a tenth of that.
public enum FilterExport {
  /// A sealed file with the program of each combination of ``FilterFeatures``, for ``FilterProgram``.
  public static func file() throws -> FileDescriptor {
    var programs: [[UInt8]] = []
    for combination in FilterFeatures.combinations { programs.append(try program(for: combination)) }
    return try FileDescriptor.memoryFile(named: "keyhole-filters", holding: FilterProgram.file(of: programs))
  }

  /// A sealed file with the one program of ``SessionCallRules``, for ``FilterProgram``.
  public static func sessionFile() throws -> FileDescriptor {
    try FileDescriptor.memoryFile(
      named: "keyhole-session-filter", holding: FilterProgram.file(of: [sessionProgram()]))
  }

  static func sessionProgram() throws -> [UInt8] {
    try program(of: SessionCallRules.rules, unlisted: .kill)
  }

  static func program(for features: FilterFeatures) throws -> [UInt8] {
    // As on a kernel that lacks the call.
    try program(of: CallRules.rules(for: features), unlisted: .refuse(UInt16(ENOSYS)))
  }

  /// One program: a row of struct sock_filter. seccomp_export_bpf(3)
  private static func program(of rules: [CallRule], unlisted: CallRule.Action) throws -> [UInt8] {
    guard let context = unsafe seccomp_init(action(unlisted)) else {
      throw FilterError(call: "seccomp_init", code: ENOMEM)
    }
    // The context is released on every path out.
    defer { unsafe seccomp_release(context) }
    try check("SCMP_FLTATR_CTL_OPTIMIZE", unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2))
    try check(
      "SCMP_FLTATR_ACT_BADARCH", unsafe seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, killProcess))
    // libseccomp takes no rule that does what happens anyway.
    for rule in rules where rule.action != unlisted {
      let comparisons = rule.tests.map(comparison)
      for call in rule.calls {
        let number = unsafe seccomp_syscall_resolve_name(call)
        guard number != __NR_SCMP_ERROR else { throw FilterError(call: call, code: ENOSYS) }
        try check(
          call,
          unsafe seccomp_rule_add_array(
            context, action(rule.action), number, UInt32(comparisons.count), comparisons))
      }
    }
    let file = try FileDescriptor.memoryFile(named: "keyhole-filter")
    try check("seccomp_export_bpf", unsafe seccomp_export_bpf(context, file.number))
    try file.seek(to: 0)
    return try file.readAll(limit: 4096 * 8)
  }

  private static func check(_ what: String, _ result: Int32) throws(FilterError) {
    if result < 0 { throw FilterError(call: what, code: -result) }
  }

  private static func comparison(_ test: CallRule.Test) -> scmp_arg_cmp {
    switch test {
    case .equals(let argument, let value):
      scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
    case .masked(let argument, let mask, let value):
      scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
    }
  }

  // SCMP_ACT_KILL_PROCESS, _ALLOW, _NOTIFY and _ERRNO: macros with casts, which Swift does not import.
  private static let killProcess: UInt32 = 0x8000_0000

  private static func action(_ action: CallRule.Action) -> UInt32 {
    switch action {
    case .allow: 0x7FFF_0000
    case .notify: 0x7FC0_0000
    case .refuse(let code): 0x0005_0000 | UInt32(code)
    case .kill: killProcess
    }
  }
}
