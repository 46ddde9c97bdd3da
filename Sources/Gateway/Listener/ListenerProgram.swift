internal import Glibc
internal import Kernel
internal import ListenerSettings
internal import Logging
internal import SecureShell
internal import SettingsFile

/// What keyhole-sshd is started for, and how its end shows.
enum ListenerProgram {
  enum Task {
    case serve
    case check
    case printHostKeys(names: [String])
  }

  private enum ExitStatus {
    static let cannotStart: Int32 = 1
    static let badConfiguration: Int32 = 2
  }

  /// Does not return.
  static func run(configurationFile file: String, _ task: Task) -> Never {
    do {
      let configuration = try ListenerConfiguration(file: file)
      switch task {
      case .serve: try ListenerService(configuration, file: file).serve()
      case .check: try check(configuration, file)
      case .printHostKeys(let names): try printHostKeys(configuration, names)
      }
      exit(0)
    } catch let error as ConfigurationError {
      complain("\(error)")
      exit(ExitStatus.badConfiguration)
    } catch let error as UnusableSetting {
      complain("\(error)")
      exit(ExitStatus.badConfiguration)
    } catch let error as SecureShellError {
      complain("\(error.call): \(error.message)")
      exit(ExitStatus.cannotStart)
    } catch {
      complain("\(error)")
      exit(ExitStatus.cannotStart)
    }
  }

  private static func complain(_ text: String) { write("keyhole-sshd: \(text)\n", to: STDERR_FILENO) }

  private static func write(_ text: String, to number: CInt) {
    let stream = FileDescriptor(owning: number)
    try? stream.writeAll(Array(text.utf8))
    _ = stream.release()
  }

  /// Everything that a start or a reload would refuse, but for ports that are taken.
  private static func check(_ configuration: ListenerConfiguration, _ file: String) throws {
    try ServerIdentity.assume(configuration)
    let keys = try configuration.hostKeys.map { try HostKeyFile($0).load() }
    try HostKeySet.check(keys)
    _ = try SessionSupplies(configuration, hostKeys: keys)
    for key in keys { write("\(key.type) \(key.fingerprint) \(key.path)\n", to: STDOUT_FILENO) }
  }

  /// sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
  private static func printHostKeys(_ configuration: ListenerConfiguration, _ names: [String]) throws {
    try ServerIdentity.assume(configuration)
    let names = names.isEmpty ? [HostName.own] : names
    let ports = Set(configuration.listen.map(\.port)).sorted()
    let patterns = names.flatMap { name in ports.map { $0 == 22 ? name : "[\(name)]:\($0)" } }
    for key in try configuration.hostKeys.map({ try HostKeyFile($0).load() }) {
      write("\(patterns.joined(separator: ",")) \(key.type) \(key.base64)\n", to: STDOUT_FILENO)
    }
  }
}
