internal import Glibc
internal import InternetAddresses
internal import Kernel
internal import ListenerSettings

/// A socket that connections come in on, and its name for people.
final class ListeningPlace {
  let socket: ListeningSocket
  let name: String

  init(_ socket: consuming ListeningSocket) throws(KernelError) {
    let endpoint = try socket.endpoint()
    name = IPAddress(bytes: endpoint.address).map { ListenAddress($0, port: endpoint.port).description } ?? ""
    self.socket = socket
  }
}

/// The sockets: those that the service manager passed, or else those that the settings name.
enum ListeningPlaces {
  private static let backlog: CInt = 512

  static func open(_ configuration: ListenerConfiguration) throws -> [ListeningPlace] {
    let passed = ServiceManager.listeningSockets()
    if !passed.isEmpty { return try passed.map(adopt) }
    return try configuration.listen.map(listen)
  }

  private static func adopt(_ number: CInt) throws -> ListeningPlace {
    do throws(KernelError) {
      return try ListeningPlace(ListeningSocket(adopting: number))
    } catch {
      throw UnusableSetting(
        "descriptor \(number) of the service manager does not listen for TCP: \(error)\nhint: a socket unit for keyhole-sshd has ListenStream= lines with ports, and no Accept=yes"
      )
    }
  }

  private static func listen(at address: ListenAddress) throws -> ListeningPlace {
    guard let endpoint = Endpoint(address: address.address.bytes, port: address.port) else {
      throw UnusableSetting("\(address) is no address")
    }
    do throws(KernelError) {
      return try ListeningPlace(ListeningSocket(at: endpoint, backlog: backlog))
    } catch {
      throw UnusableSetting("cannot listen on \(address): \(error)\nhint: \(hint(error.code, address))")
    }
  }

  private static func hint(_ code: CInt, _ address: ListenAddress) -> String {
    switch code {
    case EACCES:
      "ports below 1024 are not for the server's user: `systemctl enable --now keyhole-sshd.socket` opens one for it, or take a port above, such as 2222"
    case EADDRINUSE:
      "`ss -ltnp 'sport = :\(address.port)'` shows who has it; another port goes into `listen:`"
    case EADDRNOTAVAIL: "this host has no such address (yet); 0.0.0.0 and [::] mean all that it has"
    case EAFNOSUPPORT:
      "this host has no IPv6: name IPv4 addresses alone, such as `listen: 0.0.0.0:\(address.port)`"
    default: "`listen:` in sshd.yaml says where"
    }
  }
}
