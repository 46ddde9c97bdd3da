// Names that change while they are used: by a second thread in memory, and by an outsider on the file system.
#include "attack.h"
#include <poll.h>
#include <pthread.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

static char swapped[PATH_MAX];
static char *first, *second;
static volatile long swaps;
static volatile int swapping = 1;

static void *swap_names(void *unused) {
  (void)unused;
  size_t length = strlen(first) > strlen(second) ? strlen(first) : strlen(second);
  while (swapping) {
    memcpy(swapped, second, length + 1);
    memcpy(swapped, first, length + 1);
    swaps += 2;
  }
  return NULL;
}

struct count {
  long seen, leaks, inode;
};

// Uses the name once in one way; a leak is the secret's words, or its inode number in what stat(2) says.
static void use(const char *kind, const char *path, struct count *count) {
  struct stat status = {0};
  if (!strcmp(kind, "content")) {
    char text[64] = {0};
    int fd = open(path, O_RDONLY);
    if (fd < 0) return;
    if (read(fd, text, sizeof text - 1) > 0) count->seen++;
    if (strstr(text, "nobody-may-read")) count->leaks++;
    close(fd);
    return;
  }
  if (!strcmp(kind, "stat") && stat(path, &status) < 0) return;
  if (!strcmp(kind, "place")) {
    int fd = open(path, O_PATH);
    if (fd < 0) return;
    fstat(fd, &status);
    close(fd);
  }
  if (!strcmp(kind, "chdir")) {
    char here[PATH_MAX];
    if (chdir(path) < 0) return;
    if (getcwd(here, sizeof here) && strstr(here, "/secret")) status.st_ino = (ino_t)count->inode;
  }
  if (!strcmp(kind, "statx")) {
    struct statx more;
    if (syscall(SYS_statx, AT_FDCWD, path, 0, STATX_INO, &more) < 0) return;
    status.st_ino = more.stx_ino;
  }
  if (!strcmp(kind, "getxattr")) {
    // The test marks the secret and nothing else.
    char value[16];
    if (getxattr(path, "trusted.mark", value, sizeof value) > 0 || getxattr(path, "user.mark", value, sizeof value) > 0)
      status.st_ino = (ino_t)count->inode;
    else if (errno != ENODATA)
      return;
  }
  count->seen++;
  if ((long)status.st_ino == count->inode) count->leaks++;
}

static long tell(const struct count *count) {
  snprintf(loot, sizeof loot, "seen=%ld leaks=%ld swaps=%ld", count->seen, count->leaks, swaps);
  return 0;
}

// Words: what is done, the open path, the secret path, the secret's inode, how many swaps at least, how many uses.
static long in_memory(char **words) {
  struct count count = {.inode = atol(words[3])};
  pthread_t thread;
  first = words[1];
  second = words[2];
  strcpy(swapped, first);
  long most = atol(words[4]), uses = atol(words[5]);
  if ((errno = pthread_create(&thread, NULL, swap_names, NULL))) return -1;
  for (long turn = 0; turn < uses || swaps < most; turn++) {
    use(words[0], swapped, &count);
    if (turn % 64 == 0) sched_yield();
  }
  swapping = 0;
  pthread_join(thread, NULL);
  return tell(&count);
}

// Words: what is done, the path, the secret's inode, how many uses.
static long on_path(char **words) {
  struct count count = {.inode = atol(words[2])};
  puts("begun");
  fflush(stdout);
  for (long turn = 0; turn < atol(words[3]); turn++) use(words[0], words[1], &count);
  return tell(&count);
}

const struct attack race_attacks[] = {{"race-in-memory", in_memory}, {"race-on-path", on_path}, {NULL, NULL}};

// MARK: The outsider, which works until its standard input ends

static int is_wanted(void) {
  struct pollfd input = {.fd = 0, .events = POLLIN};
  return swaps % 64 != 0 || poll(&input, 1, 0) == 0;
}

static long told_swaps(void) {
  snprintf(loot, sizeof loot, "swaps=%ld", swaps);
  return 0;
}

// Words: two names that exist, which are exchanged.
static long exchange(char **words) {
  puts("begun");
  fflush(stdout);
  for (; is_wanted(); swaps++)
    if (renameat2(AT_FDCWD, words[0], AT_FDCWD, words[1], RENAME_EXCHANGE) < 0) return -1;
  return told_swaps();
}

// Words: a folder, and two of which one or the other is mounted there: without a rhythm, so that a mount's number
// is not always that of the same folder.
static long mount_in_turn(char **words) {
  puts("begun");
  fflush(stdout);
  for (; is_wanted(); swaps++) {
    if (mount(words[1 + random() % 2], words[0], NULL, MS_BIND, NULL) < 0) return -1;
    if (umount2(words[0], MNT_DETACH) < 0) return -1;
  }
  return told_swaps();
}

// Words: a folder and how many names it gets, all of one file.
static long fill(char **words) {
  char name[32];
  int folder = open(words[0], O_RDONLY | O_DIRECTORY);
  close(openat(folder, "first", O_CREAT | O_WRONLY, 0644));
  for (long i = 1; i < atol(words[1]); i++) {
    snprintf(name, sizeof name, "entry-%ld", i);
    if (linkat(folder, "first", folder, name, 0) < 0) return -1;
  }
  return 0;
}

const struct attack outsiders[] = {
    {"exchange", exchange}, {"mount-in-turn", mount_in_turn}, {"fill", fill}, {NULL, NULL}};
