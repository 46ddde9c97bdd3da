import Testing

@testable import ListenerSettings

@Suite("the sshd.yaml that ships")
struct ShippedSettingsTests {
  @Test func itSaysTheDefaults() throws {
    let file = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let shipped = try ListenerConfiguration(file: "/\(file)/packaging/sshd.yaml")
    #expect(shipped == ListenerConfiguration())
  }
}
