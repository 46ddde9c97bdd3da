#define _GNU_SOURCE
#include "CKeyhole.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int keyhole_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int keyhole_status_flags(int descriptor) { return fcntl(descriptor, F_GETFL); }
int keyhole_set_status_flags(int descriptor, int flags) { return fcntl(descriptor, F_SETFL, flags); }
int keyhole_duplicate_at_least(int descriptor, int lowest) {
  return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest);
}
int keyhole_seal(int descriptor) {
  return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}
int keyhole_prctl(int operation, unsigned long argument) { return prctl(operation, argument, 0, 0, 0); }
int keyhole_close_range(unsigned first, unsigned last) {
  return (int)syscall(SYS_close_range, first, last, 0);
}
ssize_t keyhole_splice(int from, int to, size_t length) {
  return splice(from, NULL, to, NULL, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}
int keyhole_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_CLOEXEC); }
int keyhole_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
int keyhole_memory_file(const char *name) {
  int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file < 0) return -1;
  // A new one may be executed, and Landlock does not look at files without a place.
  if (fchmod(file, 0600) == 0) return file;
  int error = errno;
  close(file);
  errno = error;
  return -1;
}
ssize_t keyhole_send_now(int socket, const void *bytes, size_t length) {
  return send(socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Linux 5.8; linux/stat.h has it, glibc's sys/stat.h may not.
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

static int status_at(int directory, const char *name, int flags, struct keyhole_file_status *status) {
  struct statx x;
  if (statx(directory, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, &x) != 0) return -1;
  *status = (struct keyhole_file_status){
      .mode = x.stx_mode,
      .links = x.stx_nlink,
      .user = x.stx_uid,
      .group = x.stx_gid,
      .inode = x.stx_ino,
      .size = x.stx_size,
      .mount = x.stx_mnt_id,
      .device_major = x.stx_dev_major,
      .device_minor = x.stx_dev_minor,
      .special_major = x.stx_rdev_major,
      .special_minor = x.stx_rdev_minor,
      .changed_seconds = x.stx_ctime.tv_sec,
      .changed_nanoseconds = x.stx_ctime.tv_nsec,
  };
  return 0;
}

int keyhole_file_status(int descriptor, struct keyhole_file_status *status) {
  return status_at(descriptor, "", AT_EMPTY_PATH, status);
}
int keyhole_file_status_at(int directory, const char *name, struct keyhole_file_status *status) {
  return status_at(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, status);
}

static int fits(size_t size, size_t needed) {
  if (size >= needed) return 1;
  errno = EINVAL;
  return 0;
}

int keyhole_stat_bytes(int descriptor, void *bytes, size_t size) {
  return fits(size, sizeof(struct stat)) ? fstat(descriptor, bytes) : -1;
}
int keyhole_statx_bytes(int descriptor, int synchronisation, uint32_t mask, void *bytes, size_t size) {
  if (!fits(size, sizeof(struct statx))) return -1;
  return statx(descriptor, "", AT_EMPTY_PATH | (synchronisation & AT_STATX_SYNC_TYPE), mask, bytes);
}
int keyhole_statfs_bytes(int descriptor, void *bytes, size_t size) {
  return fits(size, sizeof(struct statfs)) ? fstatfs(descriptor, bytes) : -1;
}
int keyhole_access(int descriptor, int mode, bool effective) {
  return (int)syscall(SYS_faccessat2, descriptor, "", mode, AT_EMPTY_PATH | (effective ? AT_EACCESS : 0));
}
int keyhole_is_on_procfs(int descriptor) {
  struct statfs status;
  if (fstatfs(descriptor, &status) != 0) return -1;
  return status.f_type == PROC_SUPER_MAGIC;
}
