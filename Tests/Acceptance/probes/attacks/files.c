// Ways to the contents of a file: words are the folder and the name in it.
#include "attack.h"
#include <dirent.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

static char path[2 * PATH_MAX];

static const char *joined(char **words) {
  snprintf(path, sizeof path, "%s/%s", words[0], words[1]);
  return path;
}

static int place(char **words) { return open(words[0], O_PATH | O_DIRECTORY); }

static long by_open(char **words) { return take(syscall(SYS_open, joined(words), O_RDONLY)); }
static long by_openat(char **words) { return take(openat(AT_FDCWD, joined(words), O_RDONLY)); }
static long by_place(char **words) { return take(openat(place(words), words[1], O_RDONLY)); }

// The kernel looks at the lower 32 bits of a descriptor and of flags only.
static long by_garbage_above(char **words) {
  return take(syscall(SYS_openat, 0xABCD00000000UL | (unsigned)place(words), words[1], 0xABCD00000000UL | O_RDONLY));
}

static long by_openat2(char **words) {
  // The third word is the RESOLVE flag.
  struct open_how how = {.flags = O_RDONLY, .resolve = strtoul(words[2], NULL, 0)};
  int base = how.resolve & RESOLVE_CACHED ? AT_FDCWD : place(words);
  if (base == AT_FDCWD) take(open(joined(words), O_RDONLY));
  const char *name = base == AT_FDCWD ? joined(words) : how.resolve & RESOLVE_IN_ROOT ? "/../x" : words[1];
  if (how.resolve & RESOLVE_IN_ROOT) {
    snprintf(path, sizeof path, "/../../%s", words[1]);
    name = path;
  }
  long fd = syscall(SYS_openat2, base, name, &how, sizeof how);
  return take(fd);
}

static long by_longer_openat2(char **words) {
  struct {
    struct open_how how;
    char rest[64];
  } longer = {.how = {.flags = O_RDONLY}};
  return take(syscall(SYS_openat2, place(words), words[1], &longer, sizeof longer));
}

static long by_o_path_openat2(char **words) {
  struct open_how how = {.flags = O_PATH};
  long file = syscall(SYS_openat2, AT_FDCWD, joined(words), &how, sizeof how);
  if (file < 0) return -1;
  snprintf(path, sizeof path, "/proc/self/fd/%ld", file);
  return take(open(path, O_RDONLY));
}

// Opens the file with O_PATH, then again by a name of the descriptor: the third word is that name.
static long by_descriptor(char **words) {
  int file = open(joined(words), O_PATH);
  if (file < 0) return -1;
  char number[16];
  snprintf(number, sizeof number, "%d", file);
  const char *mark = strchr(words[2], '@');
  if (!mark) return errno = EINVAL, -1;
  snprintf(path, sizeof path, "%.*s%s%s", (int)(mark - words[2]), words[2], number, mark + 1);
  return take(open(path, O_RDONLY));
}

static long by_thread_self(char **words) { return in_thread(by_descriptor, words); }

static long by_task(char **words) {
  int file = open(joined(words), O_PATH);
  // In a pid namespace the number in /proc may be another than gettid(2) tells.
  DIR *tasks = opendir("/proc/self/task");
  struct dirent *entry = NULL;
  if (file < 0 || !tasks) return -1;
  do entry = readdir(tasks);
  while (entry && entry->d_name[0] == '.');
  if (!entry) return -1;
  snprintf(path, sizeof path, "/proc/self/task/%s/fd/%d", entry->d_name, file);
  return take(open(path, O_RDONLY));
}

static long by_place_of_proc(char **words) {
  snprintf(path, sizeof path, "/proc/self/fd/%d/%s", place(words), words[1]);
  return take(open(path, O_RDONLY));
}

// O_PATH from the root on, a name at a time.
static long by_walk(char **words) {
  int here = open("/", O_PATH | O_DIRECTORY);
  char *rest = NULL;
  joined(words);
  for (char *name = strtok_r(path, "/", &rest); name && here >= 0; name = strtok_r(NULL, "/", &rest)) {
    int next = openat(here, name, O_PATH | O_NOFOLLOW);
    close(here);
    here = next;
  }
  if (here < 0) return -1;
  snprintf(path, sizeof path, "/proc/self/fd/%d", here);
  return take(open(path, O_RDONLY));
}

static long by_chdir(char **words) { return chdir(words[0]) < 0 ? -1 : take(open(words[1], O_RDONLY)); }
static long by_fchdir(char **words) { return fchdir(place(words)) < 0 ? -1 : take(open(words[1], O_RDONLY)); }

static long by_list_after_fchdir(char **words) {
  char entries[4096];
  if (fchdir(place(words)) < 0) return -1;
  return syscall(SYS_getdents64, open(".", O_RDONLY | O_DIRECTORY), entries, sizeof entries);
}

static long by_cwd_of_proc(char **words) {
  if (chdir(words[0]) < 0) return -1;
  snprintf(path, sizeof path, "%s/%s", *words[2] ? words[2] : "/proc/self/cwd", words[1]);
  return take(open(path, O_RDONLY));
}

static long by_handle(char **words) {
  struct {
    struct file_handle handle;
    char room[128];
  } file = {.handle = {.handle_bytes = 128}};
  int mount;
  if (name_to_handle_at(AT_FDCWD, joined(words), &file.handle, &mount, 0) < 0) return -1;
  return take(open_by_handle_at(open(words[0], O_RDONLY | O_DIRECTORY), &file.handle, O_RDONLY));
}

static long by_open_tree(char **words) {
  long tree = syscall(428 /* open_tree */, AT_FDCWD, words[0], 1 /* OPEN_TREE_CLONE */);
  return tree < 0 ? -1 : take(openat((int)tree, words[1], O_RDONLY));
}

static long by_chroot(char **words) {
  if (chroot(words[0]) < 0) return -1;
  snprintf(path, sizeof path, "/%s", words[1]);
  return take(open(path, O_RDONLY));
}

static long by_uring_like_read(char **words) {
  // readahead, mmap and sendfile need a descriptor too: one with O_PATH must not do.
  int file = open(joined(words), O_RDONLY);
  if (file < 0) return -1;
  char *bytes = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
  if (bytes == MAP_FAILED) return -1;
  snprintf(loot, sizeof loot, "%.*s", (int)strcspn(bytes, "\n"), bytes);
  return 0;
}

// Writing, or opening to write, a file that the first word names; nothing is written.
static long to_write(char **words) { return open(words[0], O_WRONLY); }
static long to_read_and_write(char **words) { return open(words[0], O_RDWR | O_NONBLOCK); }
static long to_read(char **words) { return take(open(words[0], O_RDONLY | O_NONBLOCK)); }
static long to_open(char **words) { return open(words[0], O_RDONLY | O_NONBLOCK); }

static long of_name_on_input(char **words) {
  // The test says where to go when it knows who this is.
  puts("waiting");
  fflush(stdout);
  ssize_t count = read(0, path, sizeof path - 1);
  if (count <= 0) return -1;
  path[count] = 0;
  path[strcspn(path, "\n")] = 0;
  // In the view of public trees the kernel answers these itself.
  int flags = strcmp(words[0], "nofollow") ? 0 : O_NOFOLLOW;
  return take(open(path, O_RDONLY | flags));
}

// Holds a folder, opened without O_DIRECTORY, and goes on from there: words are the folder, the name from there, and
// the call that opens the folder.
static long from_folder(char **words) {
  struct open_how how = {.flags = O_RDONLY | (strcmp(words[2], "openat2-directory") ? 0 : O_DIRECTORY)};
  long folder = !strncmp(words[2], "openat2", 7) ? syscall(SYS_openat2, AT_FDCWD, words[0], &how, sizeof how)
                                                 : open(words[0], O_RDONLY);
  if (folder < 0) return -1;
  long fd = openat((int)folder, words[1], O_RDONLY | O_NOFOLLOW);
  if (fd < 0 && fchdir((int)folder) == 0) fd = open(words[1], O_RDONLY | O_NOFOLLOW);
  return take(fd);
}

const struct attack file_attacks[] = {
    {"read-open", by_open}, {"read-openat", by_openat}, {"read-place", by_place}, {"read-garbage-above", by_garbage_above},
    {"read-openat2", by_openat2}, {"read-longer-openat2", by_longer_openat2}, {"read-o-path-openat2", by_o_path_openat2},
    {"read-descriptor", by_descriptor}, {"read-descriptor-of-thread", by_thread_self}, {"read-task", by_task},
    {"read-place-of-proc", by_place_of_proc}, {"read-walk", by_walk}, {"read-chdir", by_chdir}, {"read-fchdir", by_fchdir},
    {"list-after-fchdir", by_list_after_fchdir}, {"read-cwd-of-proc", by_cwd_of_proc}, {"read-handle", by_handle},
    {"read-open-tree", by_open_tree}, {"read-chroot", by_chroot}, {"read-mapped", by_uring_like_read},
    {"open-to-write", to_write}, {"open-to-change", to_read_and_write}, {"read", to_read}, {"open", to_open},
    {"read-name-on-input", of_name_on_input}, {"read-from-folder", from_folder}, {NULL, NULL},
};
