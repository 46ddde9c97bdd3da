// swift-tools-version: 6.2
// Dependencies point inwards, to pure code: what judges a command line cannot issue a system call.
// docs/architecture.md has the drawing.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// A program that starts once per call: no dynamic loader, no Foundation, no concurrency runtime.
let perCall: [LinkerSetting] = [
  .unsafeFlags(["-static-executable", "-Xlinker", "--gc-sections", "-Xlinker", "-s"])
]

func core(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/Core/\(name)", swiftSettings: strict)
}

func gateway(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/Gateway/\(name)", swiftSettings: strict)
}

func program(
  _ name: String, _ dependencies: [Target.Dependency], _ linking: [LinkerSetting] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/Programs/\(name)",
    swiftSettings: strict, linkerSettings: linking)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
    path: "Tests/\(name)Tests", swiftSettings: strict)
}

let package = Package(
  name: "keyhole",
  products: [
    .executable(name: "keyhole", targets: ["keyhole"]),
    .executable(name: "keyhole-shell", targets: ["keyhole-shell"]),
    .executable(name: "keyhole-broker", targets: ["keyhole-broker"]),
    .executable(name: "keyhole-exec", targets: ["keyhole-exec"]),
    .executable(name: "keyhole-sshd", targets: ["keyhole-sshd"]),
    .executable(name: "keyhole-session", targets: ["keyhole-session"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Interop: C only.
    .systemLibrary(
      name: "CSeccomp", path: "Sources/Interop/CSeccomp", pkgConfig: "libseccomp",
      providers: [.apt(["libseccomp-dev"])]),
    .systemLibrary(
      name: "CAudit", path: "Sources/Interop/CAudit", pkgConfig: "audit",
      providers: [.apt(["libaudit-dev"])]),
    .systemLibrary(
      name: "CLibSSH", path: "Sources/Interop/CLibSSH", pkgConfig: "libssh",
      providers: [.apt(["libssh-dev"])]),
    .target(name: "CKeyhole", path: "Sources/Interop/CKeyhole"),

    // Core. Pure: CommandGrammar, SecretPaths, MiniLanguages, Policy, Wire, AuditSchema, AuditReading.
    core("CommandGrammar"),
    core("SecretPaths"),
    core("Wire"),
    core("MiniLanguages"),
    core("InternetAddresses"),
    core("Policy", ["CommandGrammar", "InternetAddresses", "MiniLanguages", "SecretPaths"]),
    core("Kernel", ["CKeyhole"]),
    core("AuditSchema", [.product(name: "Crypto", package: "swift-crypto")]),
    core("AuditTrail", ["AuditSchema", "CAudit", "Kernel"]),
    core("AuditReading", ["AuditSchema"]),
    core(
      "PolicyFiles",
      [
        "CommandGrammar", "InternetAddresses", "SecretPaths", "Policy", "Kernel",
        .product(name: "Yams", package: "Yams"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),

    // Gateway.
    gateway("ForceCommand", ["Kernel", "Wire"]),
    gateway("DeniedFiles", ["Kernel", "SecretPaths"]),
    gateway("Sandbox", ["Kernel", "Wire", "SecretPaths", "DeniedFiles"]),
    gateway("SettingsFile", [.product(name: "Yams", package: "Yams")]),
    gateway("BrokerSettings", ["SettingsFile", .product(name: "Yams", package: "Yams")]),
    gateway("SecureShell", ["CLibSSH"]),
    gateway("Session", ["Kernel", "Wire", "SecureShell"]),
    gateway(
      "ListenerSettings",
      ["InternetAddresses", "SettingsFile", .product(name: "Yams", package: "Yams")]),
    gateway(
      "Listener",
      [
        "InternetAddresses", "Kernel", "Wire", "SecureShell", "SettingsFile", "ListenerSettings",
        "SystemCallFilter",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    gateway("SystemCallFilter", ["CSeccomp", "Kernel"]),
    gateway(
      "Broker",
      [
        "Kernel", "Wire", "CommandGrammar", "InternetAddresses", "SecretPaths", "Policy", "PolicyFiles",
        "AuditSchema", "AuditTrail",
        "SystemCallFilter", "DeniedFiles", "SettingsFile", "BrokerSettings",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    gateway(
      "Administration",
      [
        "InternetAddresses", "Kernel", "CommandGrammar", "SecretPaths", "Policy", "PolicyFiles", "AuditTrail",
        "AuditReading", "AuditSchema", "SettingsFile", "BrokerSettings", "ListenerSettings", "Wire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),

    // Programs hold only main.
    program("keyhole-shell", ["ForceCommand"], perCall),
    program("keyhole-exec", ["Sandbox"], perCall),
    program("keyhole-broker", ["Broker"]),
    program("keyhole-sshd", ["Listener"]),
    program("keyhole-session", ["Session"]),
    program("keyhole", ["Administration"]),

    .executableTarget(
      name: "policy-benchmark", dependencies: ["Policy", "PolicyFiles"],
      path: "Benchmarks/PolicyBenchmark", swiftSettings: strict),
    .executableTarget(
      name: "audit-benchmark", dependencies: ["AuditTrail"], path: "Benchmarks/AuditBenchmark",
      swiftSettings: strict),
    .executableTarget(
      name: "filter-rules", dependencies: ["SystemCallFilter", "Kernel"],
      path: "Tools/FilterRules", swiftSettings: strict),

    // For tests only: no product depends on it.
    .target(
      name: "TestSupport", dependencies: ["Kernel"], path: "Tests/TestSupport", swiftSettings: strict),

    tests("CommandGrammar", ["TestSupport"]),
    tests("SecretPaths", ["TestSupport"]),
    tests("Wire", ["TestSupport"]),
    tests("MiniLanguages", ["TestSupport"]),
    tests("InternetAddresses"),
    tests("Policy", ["CommandGrammar", "InternetAddresses", "SecretPaths", "TestSupport"]),
    tests(
      "PolicyFiles",
      [
        "CommandGrammar", "InternetAddresses", "SecretPaths", "Policy", "TestSupport",
        .product(name: "Yams", package: "Yams"),
      ]),
    tests("Kernel", ["CSeccomp", "TestSupport"]),
    tests("AuditSchema"),
    tests("AuditTrail", ["AuditSchema", "Kernel", "TestSupport"]),
    tests("AuditReading", ["AuditSchema", "TestSupport"]),
    tests("SystemCallFilter", ["Kernel"]),
    tests("DeniedFiles", ["Kernel", "SecretPaths", "TestSupport"]),
    tests("BrokerSettings", ["SettingsFile"]),
    tests(
      "Administration",
      [
        "AuditReading", "AuditSchema", "BrokerSettings", "CommandGrammar", "Kernel", "ListenerSettings",
        "Policy",
        "PolicyFiles",
        "SecretPaths", "TestSupport", "Wire",
      ]),
    tests("Sandbox", ["Kernel", "Wire", "SecretPaths", "DeniedFiles", "TestSupport"]),
    tests("SecureShell", ["CLibSSH", "TestSupport"]),
    tests("Session", ["Kernel", "SecureShell", "Wire", "TestSupport"]),
    tests("ListenerSettings", ["InternetAddresses", "SettingsFile"]),
    tests(
      "Listener", ["InternetAddresses", "Kernel", "ListenerSettings", "SecureShell", "Wire", "TestSupport"]),
    tests("ForceCommand", ["Kernel", "Wire", "TestSupport"]),
    tests(
      "Broker",
      [
        "DeniedFiles", "Kernel", "Wire", "Policy", "PolicyFiles", "CommandGrammar",
        "SecretPaths",
        "TestSupport",
      ]),
  ]
)
