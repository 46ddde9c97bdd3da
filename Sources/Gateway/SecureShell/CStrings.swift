internal import Glibc

/// The bytes of a C string, without the NUL; none for a null pointer.
func bytes(of text: UnsafePointer<CChar>?) -> [UInt8] {
  guard let text = unsafe text else { return [] }
  // The caller has the string, which a NUL ends, until this returns.
  return unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
}
