internal import CKeyhole

/// The pages of this very program.
public enum ProgramPages {
  /// Maps the program's own pages now, so that running it later does not stop at each new one. madvise(2); kernels
  /// before 5.14 know no such call, and then it is left out.
  public static func populate() {
    _ = keyhole_populate_program()
  }
}
