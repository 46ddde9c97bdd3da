/// What an administrator sets in sshd.yaml.
public struct ListenerConfiguration: Equatable, Sendable {
  public init() {}
}
