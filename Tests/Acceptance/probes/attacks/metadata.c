// What can be learned of a file without reading it: words are the call, how the file is named, the path, and for the
// indirect names a folder that may be looked at and the path from there.
#include "attack.h"
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

static char name_buffer[2 * PATH_MAX], text[PATH_MAX];

// An error that tells that the file is there is as good as an answer.
static long learned(long result) {
  return result < 0 && (errno == ENODATA || errno == EOPNOTSUPP || errno == EINVAL || errno == EOVERFLOW) ? 0 : result;
}

static long ask(const char *call, int base, const char *path) {
  struct stat status;
  struct statfs system;
  struct statx more;
  struct {
    struct file_handle handle;
    char room[128];
  } file = {.handle = {.handle_bytes = 128}};
  int mount;
  // Those that take a folder's descriptor.
  if (!strcmp(call, "newfstatat")) return syscall(SYS_newfstatat, base, path, &status, 0);
  if (!strcmp(call, "newfstatat-link")) return syscall(SYS_newfstatat, base, path, &status, AT_SYMLINK_NOFOLLOW);
  if (!strcmp(call, "newfstatat-empty-path")) return syscall(SYS_newfstatat, base, path, &status, AT_EMPTY_PATH);
  if (!strcmp(call, "newfstatat-no-automount")) return syscall(SYS_newfstatat, base, path, &status, AT_NO_AUTOMOUNT);
  if (!strcmp(call, "statx")) return syscall(SYS_statx, base, path, 0, STATX_BASIC_STATS, &more);
  if (!strcmp(call, "statx-link")) return syscall(SYS_statx, base, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &more);
  if (!strcmp(call, "statx-empty-path")) return syscall(SYS_statx, base, path, AT_EMPTY_PATH, STATX_BASIC_STATS, &more);
  if (!strcmp(call, "statx-nothing")) return syscall(SYS_statx, base, path, AT_STATX_DONT_SYNC, 0, &more);
  if (!strcmp(call, "faccessat")) return syscall(SYS_faccessat, base, path, F_OK);
  if (!strcmp(call, "faccessat2")) return syscall(439, base, path, R_OK, AT_EACCESS);
  if (!strcmp(call, "faccessat2-empty-path")) return syscall(439, base, path, F_OK, AT_EMPTY_PATH);
  if (!strcmp(call, "readlinkat")) return syscall(SYS_readlinkat, base, path, text, sizeof text);
  if (!strcmp(call, "name_to_handle_at")) return learned(name_to_handle_at(base, path, &file.handle, &mount, 0));
  if (!strcmp(call, "name_to_handle_at-empty-path"))
    return learned(name_to_handle_at(base, path, &file.handle, &mount, AT_EMPTY_PATH));
  if (!strcmp(call, "o-path")) {
    int place = openat(base, path, O_PATH);
    return place < 0 ? -1 : fstat(place, &status);
  }
  if (!strcmp(call, "o-path-link")) {
    int place = openat(base, path, O_PATH | O_NOFOLLOW);
    return place < 0 ? -1 : fstat(place, &status);
  }
  if (!strcmp(call, "o-path-fstatfs")) {
    int place = openat(base, path, O_PATH);
    return place < 0 ? -1 : fstatfs(place, &system);
  }
  if (!strcmp(call, "o-path-empty-stat")) {
    int place = openat(base, path, O_PATH);
    return place < 0 ? -1 : syscall(SYS_newfstatat, place, "", &status, AT_EMPTY_PATH);
  }
  if (!strcmp(call, "o-path-empty-readlink")) {
    int place = openat(base, path, O_PATH | O_NOFOLLOW);
    return place < 0 ? -1 : readlinkat(place, "", text, sizeof text);
  }
  // Those that do not.
  if (base != AT_FDCWD) {
    snprintf(text, sizeof text, "/proc/self/fd/%d/%s", base, path);
    path = text;
  }
  if (!strcmp(call, "stat")) return syscall(SYS_stat, path, &status);
  if (!strcmp(call, "lstat")) return syscall(SYS_lstat, path, &status);
  if (!strcmp(call, "access")) return syscall(SYS_access, path, F_OK);
  if (!strcmp(call, "access-read")) return syscall(SYS_access, path, R_OK);
  if (!strcmp(call, "readlink")) return syscall(SYS_readlink, path, name_buffer, sizeof name_buffer);
  if (!strcmp(call, "getxattr")) return learned(getxattr(path, "user.mark", name_buffer, sizeof name_buffer));
  if (!strcmp(call, "lgetxattr")) return learned(lgetxattr(path, "user.mark", name_buffer, sizeof name_buffer));
  if (!strcmp(call, "listxattr")) return learned(listxattr(path, name_buffer, sizeof name_buffer));
  if (!strcmp(call, "llistxattr")) return learned(llistxattr(path, name_buffer, sizeof name_buffer));
  if (!strcmp(call, "statfs")) return statfs(path, &system);
  if (!strcmp(call, "chdir")) return chdir(path);
  if (!strcmp(call, "watch")) return inotify_add_watch(inotify_init1(0), path, IN_ALL_EVENTS);
  if (!strcmp(call, "watch-link")) return inotify_add_watch(inotify_init1(0), path, IN_ALL_EVENTS | IN_DONT_FOLLOW);
  errno = ENOSYS;
  return -1;
}

static long look(char **words) {
  const char *call = words[0], *how = words[1], *path = words[2], *folder = words[3], *rest = words[4];
  char name[PATH_MAX];
  if (!strcmp(how, "path")) return ask(call, AT_FDCWD, path);
  int place = open(folder, O_RDONLY | O_DIRECTORY);
  if (place < 0) return -1;
  if (!strcmp(how, "dirfd")) return ask(call, place, rest);
  if (!strcmp(how, "o-path-dirfd")) return ask(call, open(folder, O_PATH), rest);
  if (!strcmp(how, "proc-fd")) {
    snprintf(name, sizeof name, "/proc/self/fd/%d/%s", place, rest);
    return ask(call, AT_FDCWD, name);
  }
  if (!strcmp(how, "fchdir") && fchdir(place) == 0) return ask(call, AT_FDCWD, rest);
  if (chdir(folder) < 0) return -1;
  if (!strcmp(how, "chdir")) return ask(call, AT_FDCWD, rest);
  if (!strcmp(how, "proc-cwd")) {
    snprintf(name, sizeof name, "/proc/self/cwd/%s", rest);
    return ask(call, AT_FDCWD, name);
  }
  errno = EINVAL;
  return -1;
}

static long look_from_thread(char **words) { return in_thread(look, words); }

// What fstat(2) says of a descriptor that was handed over.
static long described(char **words) {
  int fd = open(words[0], O_RDONLY);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) < 0) return -1;
  snprintf(loot, sizeof loot, "%lld", (long long)status.st_size);
  return 0;
}

static long make_folder(char **words) { return mkdir(words[0], 0755); }
static long remove_name(char **words) { return unlink(words[0]); }

const struct attack metadata_attacks[] = {
    {"look", look}, {"look-from-thread", look_from_thread}, {"described", described},
    {"make-folder", make_folder}, {"remove", remove_name}, {NULL, NULL},
};
