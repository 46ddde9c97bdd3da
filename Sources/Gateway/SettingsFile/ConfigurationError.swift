/// A mistake in a program's settings, with its place.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public var file: String
  /// Counted from 1; 0 when it concerns the file as a whole.
  public var line: Int
  public var column: Int
  public var message: String
  public var hint: String

  public var description: String {
    let place = line == 0 ? file : "\(file):\(line):\(column)"
    return "\(place): \(message)" + (hint.isEmpty ? "" : "\nhint: \(hint)")
  }
}
