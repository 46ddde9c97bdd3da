/// Upper bounds that the receiver enforces. Lengths are bytes, counts are elements.
public enum WireLimit {
  public static let line = CallRequest.maximumLine
  public static let connection = 256
  public static let authentication = 16 << 10
  public static let target = 255
  /// The longest name of a key algorithm has 47 bytes.
  public static let keyType = 64
  /// A user name of SSH, or a principal.
  public static let user = 255
  public static let principals = 256
  public static let hostKeys = 8
  /// An RSA key of 8,192 bits takes 6,400 bytes in PEM.
  public static let hostKey = 8 << 10
  /// A path or a pattern of paths: PATH_MAX of limits.h.
  public static let path = 4096
  /// Text for people.
  public static let text = 1024
  /// Lines of text in one reply.
  public static let messages = 32

  /// A word of a 4,000-byte line with each byte escaped for glob(7), and room for longer fixed arguments.
  public static let argument = 16 << 10
  /// What a built-in says.
  public static let output = 256 << 10
  public static let environmentEntry = 4096
  public static let groups = 64
  /// Of the line; the grammar allows 32 stages in all.
  public static let steps = 32
  /// Of one step.
  public static let stages = 32
  /// Of one stage: a 4,000-byte line has no room for more.
  public static let redirections = 1024
  public static let arguments = 1024
  public static let environment = 128
  public static let sockets = 128
  public static let readable = 512
  public static let programs = 128
  public static let publicTrees = 64
  public static let publicTree = 255

  /// A message that is sent as one packet.
  public static let packet = 64 << 10
  /// A ``CallPlan``, which travels in a memory file.
  public static let plan = 4 << 20
  /// ``PolicyFindings``, which travel in a memory file.
  public static let findings = 4 << 20
  /// One finding as a person is shown it.
  public static let shownFinding = 8 << 10
}
