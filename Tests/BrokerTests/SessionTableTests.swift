import Testing
import Wire

@testable import Broker

@Suite struct SessionTableTests {
  private static let key = SessionKey(type: "ssh-ed25519", base64: "AAAA")
  private static let requests: [SessionRequest] = [
    .hello(connection: []), .offered(key), .proved(key, user: []), .authority(key),
    .call(SessionCall(line: nil, lineLength: 0, target: nil)), .goodbye(.clientGone),
  ]

  private func progress(in phase: SessionPhase) throws -> SessionProgress {
    var progress = SessionProgress()
    if phase != .connected { try progress.admit(.hello(connection: []), descriptors: 0) }
    if phase == .admitted { progress.authenticate() }
    #expect(progress.phase == phase)
    return progress
  }

  private func violation(
    _ request: SessionRequest, _ progress: inout SessionProgress, descriptors: Int = 0
  ) -> SessionViolation? {
    do throws(SessionViolation) {
      try progress.admit(request, descriptors: descriptors)
      return nil
    } catch {
      return error
    }
  }

  private func descriptors(_ request: SessionRequest) -> Int {
    if case .call = request { 4 } else { 0 }
  }

  @Test func eachMessageStandsInTheTableOnce() {
    #expect(
      SessionRule.table.map(\.message).sorted { $0.rawValue < $1.rawValue }
        == SessionMessage.allCases.sorted { $0.rawValue < $1.rawValue })
  }

  @Test func aMessageMayComeInItsPhasesAndInNoOther() throws {
    let allowed: [SessionPhase: Set<SessionMessage>] = [
      .connected: [.hello], .greeted: [.offered, .proved, .authority, .goodbye],
      .admitted: [.call, .goodbye],
    ]
    for phase in SessionPhase.allCases {
      for request in Self.requests {
        var progress = try progress(in: phase)
        let message = SessionMessage(request)
        let expected: SessionViolation? =
          allowed[phase, default: []].contains(message) ? nil : .outOfTurn(message, phase)
        #expect(violation(request, &progress, descriptors: descriptors(request)) == expected)
      }
    }
  }

  @Test func noMessageButHelloChangesThePhase() throws {
    for phase in SessionPhase.allCases {
      for request in Self.requests.dropFirst() {
        var progress = try progress(in: phase)
        _ = violation(request, &progress, descriptors: descriptors(request))
        #expect(progress.phase == phase)
      }
    }
  }

  @Test func keysAreAskedForSoOftenAndNoMore() throws {
    for (request, most) in [(Self.requests[1], 64), (Self.requests[2], 16), (Self.requests[3], 16)] {
      var progress = try progress(in: .greeted)
      for _ in 0..<most { #expect(violation(request, &progress) == nil) }
      #expect(violation(request, &progress) == .tooOften(SessionMessage(request)))
    }
  }

  @Test func callsAreNotCountedAgainstABound() throws {
    var progress = try progress(in: .admitted)
    for _ in 0..<10_000 { #expect(violation(Self.requests[4], &progress, descriptors: 4) == nil) }
    #expect(progress.count(of: .call) == 10_000)
  }

  @Test func aMessageBringsExactlyItsDescriptors() throws {
    for request in Self.requests {
      for count in 0...6 where count != descriptors(request) {
        var progress = try progress(in: phase(for: request))
        #expect(
          violation(request, &progress, descriptors: count)
            == .descriptors(SessionMessage(request), got: count))
      }
    }
  }

  private func phase(for request: SessionRequest) -> SessionPhase {
    switch SessionMessage(request) {
    case .hello: .connected
    case .call: .admitted
    default: .greeted
    }
  }

  @Test(arguments: ["diag", "diag+web-02", "diag+x+y"])
  func theAccountIsServedAloneAndWithAMachine(user: String) {
    #expect(SessionAuthentication.isServed(Array(user.utf8)))
  }

  @Test(arguments: ["", "dia", "diag+", "diagnose", "diag-web", "Diag", "root", " diag", "diag\0"])
  func noOtherUserIsServed(user: String) {
    #expect(!SessionAuthentication.isServed(Array(user.utf8)))
  }
}
