import SecretPaths
import TestSupport
import Testing

@testable import Broker

@Suite("Patterns over links")
struct LinkedPatternTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    try place.makeDirectory("real")
    try place.makeDirectory("real/inner")
    try place.makeSymbolicLink("link", to: "real")
  }

  private func patterns(_ text: String, besides trees: [String] = []) throws -> [String] {
    LinkedPatterns.patterns(
      for: try PathPattern("\(place.path)/\(text)"), besides: try trees.map { try PublicTree($0) }
    ).map { String($0.description.dropFirst(place.path.count + 1)) }
  }

  @Test("a pattern that leads over a link also covers what is behind it")
  func followed() throws {
    #expect(try patterns("link/**") == ["link/**", "real/**"])
    #expect(try patterns("link/inner/k[ae]y*") == ["link/inner/k[ae]y*", "real/inner/k[ae]y*"])
    #expect(try patterns("link") == ["link", "real"])
  }

  @Test("what is not there yet is covered below what is")
  func missing() throws {
    #expect(try patterns("link/absent/x") == ["link/absent/x", "real/absent/x"])
    #expect(try patterns("absent/x") == ["absent/x"])
  }

  @Test("a pattern without links stays alone")
  func plain() throws {
    #expect(try patterns("real/**") == ["real/**"])
    #expect(try patterns("*/inner") == ["*/inner"])
  }

  @Test("no link takes a public tree away")
  func publicTrees() throws {
    try place.makeSymbolicLink("programs", to: "/usr/bin")
    #expect(try patterns("programs/**", besides: ["/usr/bin"]) == ["programs/**"])
  }
}
