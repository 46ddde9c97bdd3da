internal import Foundation

/// How many inputs a test tries: `KEYHOLE_FUZZ_COUNT`, or `standard` when that is not set. scripts/fuzz sets millions.
public func fuzzCount(_ standard: Int) -> Int {
  ProcessInfo.processInfo.environment["KEYHOLE_FUZZ_COUNT"].flatMap(Int.init) ?? standard
}
