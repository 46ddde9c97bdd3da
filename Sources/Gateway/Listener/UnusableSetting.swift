/// A setting that is well-formed and does not fit this host.
struct UnusableSetting: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
