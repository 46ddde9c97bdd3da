extension CommandLine {
  /// Bytes of a line, as it came and as it prints back: hex-encoded it still fits one audit record.
  public static let maximumLength = 4_000
  /// Stages of a line, over all its pipelines.
  public static let maximumStages = 32
  /// Words of a stage, the command's name included.
  public static let maximumWords = 256
}
