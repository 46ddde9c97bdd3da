// More than a command's share: of processes, memory, output, opens, names.
#include "attack.h"
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

static long counted(long made, long wanted, int error) {
  snprintf(loot, sizeof loot, "%ld", made);
  errno = error;
  return made >= wanted ? 0 : -1;
}

static long make_processes(char **words) {
  long made = 0, wanted = atol(words[0]);
  int ends[2], error = 0;
  if (pipe(ends) < 0) return -1;
  for (; made < wanted; made++) {
    pid_t child = fork();
    if (child < 0) {
      error = errno;
      break;
    }
    if (child == 0) {
      // Ends when the parent does.
      char byte;
      close(ends[1]);
      _exit(read(ends[0], &byte, 1) < 0);
    }
  }
  return counted(made, wanted, error);
}

static void *wait_for_ever(void *unused) {
  pause();
  return unused;
}

static long make_threads(char **words) {
  long made = 0, wanted = atol(words[0]);
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 32768);
  int error = 0;
  for (pthread_t thread; made < wanted && !(error = pthread_create(&thread, &small, wait_for_ever, NULL));) made++;
  return counted(made, wanted, error);
}

// A bomb: every process makes two, for ever.
static long bomb(char **words) {
  (void)words;
  puts("begun");
  fflush(stdout);
  while (1)
    if (fork() < 0) sched_yield();
  return 0;
}

static long take_memory(char **words) {
  long got = 0, wanted = atol(words[0]);
  for (; got < wanted; got++) {
    char *mebibyte = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mebibyte == MAP_FAILED) break;
    memset(mebibyte, 1, 1 << 20);
  }
  return counted(got, wanted, ENOMEM);
}

static long take_descriptors(char **words) {
  long got = 0, wanted = atol(words[1]);
  while (got < wanted && open(words[0], O_RDONLY) >= 0) got++;
  return counted(got, wanted, EMFILE);
}

// Words: a descriptor to flood, how many MiB.
static long flood_output(char **words) {
  static char bytes[1 << 16];
  long written = 0, wanted = atol(words[1]) << 20;
  memset(bytes, 'x', sizeof bytes);
  while (written < wanted) {
    ssize_t count = write(atoi(words[0]), bytes, sizeof bytes);
    if (count < 0) return -1;
    written += count;
  }
  return 0;
}

static char *flooded;
static volatile long opened;
static volatile int flooding = 1;

static void *open_and_close(void *unused) {
  while (flooding) {
    int fd = open(flooded, O_RDONLY);
    if (fd >= 0) close(fd);
    __atomic_fetch_add(&opened, 1, __ATOMIC_RELAXED);
  }
  return unused;
}

// Words: a path, threads, seconds; 0 seconds are for ever.
static long flood_opens(char **words) {
  flooded = words[0];
  long seconds = atol(words[2]);
  puts("begun");
  fflush(stdout);
  for (long i = 0; i < atol(words[1]); i++) {
    pthread_t thread;
    if ((errno = pthread_create(&thread, NULL, open_and_close, NULL))) return -1;
  }
  if (!seconds) wait_for_ever(NULL);
  struct timespec rest = {seconds, 0};
  nanosleep(&rest, NULL);
  flooding = 0;
  return snprintf(loot, sizeof loot, "%ld", opened);
}

// Words: a path, and how long a name of it is to be.
static long open_long_name(char **words) {
  size_t wanted = strtoul(words[1], NULL, 10), rest = strlen(words[0]);
  char *name = malloc(wanted + 2);
  if (!name || wanted < rest) return errno = EINVAL, -1;
  for (size_t i = 0; i < wanted - rest; i++) name[i] = i % 2 ? '.' : '/';
  if ((wanted - rest) % 2 == 0 && wanted > rest) name[wanted - rest - 1] = '/';
  strcpy(name + wanted - rest, words[0]);
  return take(open(name, O_RDONLY));
}

// Words: a folder that has a folder `d…d` that has one and so on, how deep, and the name of a file at the bottom.
static long open_deep(char **words) {
  char name[202];
  memset(name, 'd', 200);
  name[200] = 0;
  if (chdir(words[0]) < 0) return -1;
  for (long i = 0; i < atol(words[1]); i++)
    if (chdir(name) < 0) return -1;
  return take(open(words[2], O_RDONLY));
}

static long open_edges(char **words) {
  // A name that ends with its page where the next is not there, and names without an end.
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  size_t size = strlen(words[0]) + 1;
  munmap(pages + 4096, 4096);
  memcpy(pages + 4096 - size, words[0], size);
  if (take(syscall(SYS_open, pages + 4096 - size, O_RDONLY)) < 0) return -1;
  memset(pages, '/', 4096);
  const void *names[] = {pages + 4000, NULL, (void *)0xffffffff81000000UL, (void *)(~0UL - 2), ""};
  int errors[] = {EFAULT, EFAULT, EFAULT, EFAULT, ENOENT};
  for (int i = 0; i < 5; i++)
    if (syscall(SYS_open, names[i], O_RDONLY) >= 0 || errno != errors[i]) return -1;
  return 0;
}

static long list(char **words) {
  static char entries[1 << 16];
  long count = 0, bytes;
  int folder = open(words[0], O_RDONLY | O_DIRECTORY);
  if (folder < 0) return -1;
  while ((bytes = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0)
    for (long at = 0; at < bytes; at += ((struct dirent64 *)(entries + at))->d_reclen) count++;
  return bytes < 0 ? -1 : snprintf(loot, sizeof loot, "%ld", count);
}

// Children that are killed in the middle of an open; each next one must have what it asked for and nothing else.
static long churn(char **words) {
  long surprises = 0, wanted = atol(words[1]), turn = 0;
  for (; turn < wanted; turn++) {
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
      if (turn % 2) _exit(fcntl(3, F_GETFD) >= 0 ? 66 : 0);
      while (1) close(open(words[0], O_RDONLY));
    }
    if (turn % 2 == 0) {
      for (volatile long spin = 0; spin < turn % 97 * 1000; spin++);
      syscall(SYS_tgkill, child, child, SIGKILL);
    }
    int status;
    if (waitpid(child, &status, 0) < 0) return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 66) surprises++;
  }
  snprintf(loot, sizeof loot, "%ld surprises", surprises);
  return 0;
}

static void await_line(void) {
  char byte = 0;
  while (byte != '\n')
    if (read(0, &byte, 1) != 1) _exit(1);
}

// A child dies while its open waits, and the next child, which opens nothing, gets its number: see the test.
static long reuse(char **words) {
  puts("begun");
  fflush(stdout);
  await_line();
  pid_t child = fork();
  if (child == 0) _exit(open(words[0], O_RDONLY) < 0);
  usleep(1000000);
  syscall(SYS_tgkill, child, child, SIGKILL);
  waitpid(child, NULL, 0);
  await_line();
  int ends[2], status;
  if (pipe(ends) < 0) return -1;
  pid_t next = fork();
  if (next == 0) {
    char byte;
    close(ends[1]);
    if (read(ends[0], &byte, 1) < 0) _exit(1);
    close(ends[0]);
    _exit(fcntl(3, F_GETFD) >= 0 || fcntl(4, F_GETFD) >= 0 ? 66 : 0);
  }
  close(ends[0]);
  // The supervisor goes on now; what it answers is for the first child.
  int plain = open(words[0], O_RDONLY);
  close(ends[1]);
  waitpid(next, &status, 0);
  snprintf(loot, sizeof loot, "%d surprises", WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1);
  return plain;
}

const struct attack exhaustion_attacks[] = {
    {"processes", make_processes}, {"threads", make_threads}, {"bomb", bomb}, {"memory", take_memory},
    {"descriptors", take_descriptors}, {"flood-output", flood_output}, {"flood-opens", flood_opens},
    {"long-name", open_long_name}, {"deep", open_deep}, {"edges", open_edges}, {"list", list}, {"churn", churn},
    {"reuse", reuse},
    {NULL, NULL},
};
