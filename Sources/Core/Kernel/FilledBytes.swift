/// The bytes that a system call fills in: it gets room for `count`, uninitialised, and says how many it filled.
func filledBytes(
  atMost count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(KernelError) -> Int
) throws(KernelError) -> [UInt8] {
  var failure: KernelError?
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    do throws(KernelError) {
      filled = unsafe try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
  return bytes
}
