internal import Kernel
internal import Wire

/// When something is due on an authenticated connection though nothing happens.
struct SessionClock {
  init(_ settings: SessionSettings) {}
}
