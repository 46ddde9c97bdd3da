/// One thing that holds a command back, and what it asks of the kernel.
struct EnforcementLayer: Sendable {
  /// A kernel feature that a layer rests on.
  enum Feature: Equatable, Sendable {
    /// Part of every Unix: accounts, limits of processes.
    case always
    /// seccomp, and calls that are handed to the supervisor.
    case notification
    /// Landlock from this version on.
    case landlock(Int)
    case namespace(KernelFacts.Namespace)
  }

  var name: String
  var feature: Feature

  static func filter(_ does: String) -> EnforcementLayer {
    EnforcementLayer(name: "the filter \(does)", feature: .notification)
  }

  static func supervisor(_ does: String) -> EnforcementLayer {
    EnforcementLayer(name: "the supervisor \(does)", feature: .notification)
  }

  static func landlock(_ version: Int, _ does: String) -> EnforcementLayer {
    EnforcementLayer(name: "Landlock \(does)", feature: .landlock(version))
  }

  static func namespace(_ kind: KernelFacts.Namespace, _ what: String) -> EnforcementLayer {
    EnforcementLayer(name: what, feature: .namespace(kind))
  }

  static func always(_ what: String) -> EnforcementLayer { EnforcementLayer(name: what, feature: .always) }

  func isInForce(_ facts: KernelFacts) -> Bool {
    switch feature {
    case .always: true
    case .notification: facts.hasNotification
    case .landlock(let version): facts.landlock >= version
    case .namespace(let kind): facts.namespaces.contains(kind)
    }
  }

  /// What would bring it: `Landlock 4, Linux 6.7`; nil for what every kernel has that runs a call.
  var missing: String? {
    guard case .landlock(let version) = feature else { return nil }
    return "Landlock \(version)" + (Self.landlockReleases[version].map { ", Linux \($0)" } ?? "")
  }

  /// The first kernel with each version of Landlock (landlock(7), "Compatibility").
  private static let landlockReleases = [
    1: "5.13", 2: "5.19", 3: "6.2", 4: "6.7", 5: "6.10", 6: "6.12", 7: "6.15",
  ]
}

/// What Keyhole promises of every command, and the layers that hold it, the first being the main one.
struct Promise: Sendable {
  var name: String
  var layers: [EnforcementLayer]

  static let all: [Promise] = [
    Promise(
      name: "secrets are not read",
      layers: [
        .supervisor("opens files and judges the object"),
        .landlock(1, "forbids opens that it is not asked about"), .always("a uid without rights"),
      ]),
    Promise(
      name: "nor their attributes",
      layers: [.supervisor("answers stat, access, readlink and their like")]),
    Promise(
      name: "nothing is written",
      layers: [
        .filter("refuses calls that change files"), .supervisor("opens nothing for writing"),
        .landlock(1, "forbids writing and creating"), .landlock(2, "forbids links across directories"),
        .landlock(3, "forbids truncation"), .namespace(.mnt, "read-only /tmp, /var/tmp and /dev/shm"),
        .always("a uid without rights"),
      ]),
    Promise(
      name: "devices are not driven",
      layers: [
        .supervisor("hands out no device"), .filter("allows six harmless ioctls"),
        .landlock(5, "forbids ioctl on devices"),
      ]),
    Promise(
      name: "no network",
      layers: [.filter("makes no internet sockets"), .namespace(.net, "an empty network namespace")]),
    Promise(
      name: "no TCP in particular",
      layers: [
        .filter("makes no internet sockets"), .landlock(4, "forbids bind and connect"),
        .namespace(.net, "an empty network namespace"),
      ]),
    Promise(
      name: "no abstract sockets",
      layers: [
        .supervisor("connects to listed paths only"), .landlock(6, "keeps them inside the call"),
        .namespace(.net, "an empty network namespace, which has none"),
      ]),
    Promise(
      name: "no other programs",
      layers: [
        .filter("allows one exec of one descriptor"),
        .landlock(1, "allows execution of the image, the loader and listed programs"),
      ]),
    Promise(
      name: "no signals to others",
      layers: [
        .namespace(.pid, "a pid namespace of its own"), .filter("refuses kill and its like"),
        .landlock(6, "keeps them inside the call"), .always("a uid for each call"),
      ]),
    Promise(
      name: "nothing shared in memory",
      layers: [
        .filter("refuses System V IPC and message queues"),
        .namespace(.ipc, "an IPC namespace without the host's"),
      ]),
    Promise(
      name: "time and output end",
      layers: [
        .supervisor("counts both and ends the call"), .always("CPU limit"),
        .always("the broker's own deadline"),
      ]),
    Promise(
      name: "memory and processes end",
      layers: [.always("limits of each process"), .always("a count of processes for each uid")]),
    Promise(
      name: "nothing outlives its call",
      layers: [
        .namespace(.pid, "the pid namespace ends with its first process"), .always("death with the parent"),
      ]),
  ]
}
