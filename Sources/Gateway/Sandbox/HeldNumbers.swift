/// Numbers of the held calls on this architecture; below zero for one that it does not have.
/// arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h
enum HeldNumbers {
  #if arch(x86_64)
    static let architecture: UInt32 = 0xC000_003E  // AUDIT_ARCH_X86_64
    static let access: Int32 = 21
    static let connect: Int32 = 42
    static let creat: Int32 = 85
    static let faccessat: Int32 = 269
    static let faccessat2: Int32 = 439
    static let getxattr: Int32 = 191
    static let inotifyAddWatch: Int32 = 254
    static let lgetxattr: Int32 = 192
    static let listxattr: Int32 = 194
    static let llistxattr: Int32 = 195
    static let lstat: Int32 = 6
    static let newfstatat: Int32 = 262
    static let open: Int32 = 2
    static let openat: Int32 = 257
    static let openat2: Int32 = 437
    static let readlink: Int32 = 89
    static let readlinkat: Int32 = 267
    static let schedGetaffinity: Int32 = 204
    static let stat: Int32 = 4
    static let statfs: Int32 = 137
    static let statx: Int32 = 332
  #elseif arch(arm64)
    static let architecture: UInt32 = 0xC000_00B7  // AUDIT_ARCH_AARCH64
    static let access: Int32 = -3
    static let connect: Int32 = 203
    static let creat: Int32 = -2
    static let faccessat: Int32 = 48
    static let faccessat2: Int32 = 439
    static let getxattr: Int32 = 8
    static let inotifyAddWatch: Int32 = 27
    static let lgetxattr: Int32 = 9
    static let listxattr: Int32 = 11
    static let llistxattr: Int32 = 12
    static let lstat: Int32 = -4
    static let newfstatat: Int32 = 79
    static let open: Int32 = -1
    static let openat: Int32 = 56
    static let openat2: Int32 = 437
    static let readlink: Int32 = -5
    static let readlinkat: Int32 = 78
    static let schedGetaffinity: Int32 = 123
    static let stat: Int32 = -6
    static let statfs: Int32 = 43
    static let statx: Int32 = 291
  #endif
}
