internal import Glibc
internal import InternetAddresses
internal import Kernel
internal import Logging

extension ListenerService {
  /// At one go from one socket, so that a flood does not keep the loop from the rest.
  private static let most = 16

  func accept(on place: ListeningPlace) {
    for _ in 0..<Self.most {
      do throws(KernelError) {
        guard let connection = try place.socket.accept() else { return }
        admit(connection)
      } catch {
        // The client left again (accept(2) names the network's errors), or this host lacks something for a moment.
        guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.code) else {
          log.debug("a connection was gone before it was accepted: \(error)")
          continue
        }
        return wait(for: error)
      }
    }
  }

  /// Connections wait in the kernel meanwhile.
  private func wait(for shortage: KernelError) {
    let now = MonotonicClock.now
    acceptingFrom = now + 250_000_000
    guard now >= complainingFrom else { return }
    complainingFrom = now + 10_000_000_000
    log.error("no connection can be accepted for the moment: \(shortage)")
  }

  private func admit(_ connection: consuming AcceptedConnection) {
    let peer = connection.peer
    guard let address = IPAddress(bytes: peer.address) else { return }
    let client = "\(address) port \(peer.port)"
    let source = gate.source(of: address)
    let now = MonotonicClock.now
    if let cause = gate.judge(source, now: now, chance: Int.random(in: 0..<100)) {
      return turnAway(connection, cause, client, now)
    }
    do throws(KernelError) {
      let session = try handOver(connection, now)
      log.debug("session \(session.process.process) serves \(client)")
      sessions.append(OpenSession(session, client: client, source: source))
      gate.entered(source)
    } catch {
      turnAway(connection, .noSession, client, now, detail: "\(error)")
    }
  }

  private func turnAway(
    _ connection: consuming AcceptedConnection, _ cause: TurnedAway, _ client: String, _ now: Int64,
    detail: String = ""
  ) {
    connection.close(saying: cause.line)
    if let line = turnedAway.add(cause, from: client, detail: detail, now: now) { log.warning("\(line)") }
  }

  /// To a session that waits, or to a new one.
  private func handOver(
    _ connection: borrowing AcceptedConnection, _ now: Int64
  ) throws(KernelError) -> WaitingSession {
    while let session = pool.take(now: now) {
      do throws(KernelError) {
        try supplies.handOver(connection, to: session)
        return session
      } catch {
        session.end()
        log.warning("a session ended while it waited: \(error)")
      }
    }
    let session = try supplies.start()
    do throws(KernelError) {
      try supplies.handOver(connection, to: session)
    } catch {
      session.end()
      throw error
    }
    return session
  }

  func fillPool(_ now: Int64) {
    do throws(KernelError) {
      try pool.fill(supplies, now: now)
    } catch {
      log.error("no session can be kept ready: \(error)")
    }
  }
}
