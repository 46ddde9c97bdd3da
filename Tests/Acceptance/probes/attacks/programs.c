// Ways to run something else than what the policy started: words are the program and an argument for it.
#include "attack.h"
#include <signal.h>
#include <sys/mman.h>

static char path[PATH_MAX];

typedef void start_function(char **words);

// A program started in a child that ends with status 0 has run.
static long started(start_function *start, char **words) {
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    start(words);
    _exit(errno == 0 ? 99 : errno);
  }
  int status = 0;
  if (waitpid(child, &status, 0) < 0) return -1;
  errno = WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static char *none[] = {NULL};

static void execute(char **words) {
  char *arguments[] = {words[0], words[1], words[2], NULL};
  execve(words[0], arguments, none);
}

static void execute_at(char **words) {
  char *arguments[] = {words[0], words[1], NULL};
  syscall(SYS_execveat, open(words[0], O_PATH), "", arguments, none, AT_EMPTY_PATH);
}

static void execute_in_folder(char **words) {
  char folder[PATH_MAX];
  const char *name;
  char *arguments[] = {words[0], words[1], NULL};
  split(words[0], folder, &name);
  syscall(SYS_execveat, open(folder, O_PATH), name, arguments, none, 0);
}

// The number that the launcher's own exec uses.
static void execute_at_launchers_number(char **words) {
  char *arguments[] = {words[0], words[1], NULL};
  int program = open(words[0], O_RDONLY);
  if (program < 0 || dup2(program, 4096) < 0) return;
  syscall(SYS_execveat, 4096, "", arguments, none, AT_EMPTY_PATH);
}

static int copied(const char *name, int to) {
  char bytes[65536];
  int from = open(name, O_RDONLY);
  for (ssize_t count; from >= 0 && to >= 0 && (count = read(from, bytes, sizeof bytes)) > 0;)
    if (write(to, bytes, (size_t)count) < 0) return -1;
  return from < 0 ? -1 : to;
}

static void execute_copy(int copy, char **words) {
  char *arguments[] = {words[0], words[1], NULL};
  if (copy < 0) return;
  syscall(SYS_execveat, copy, "", arguments, none, AT_EMPTY_PATH);
  snprintf(path, sizeof path, "/proc/self/fd/%d", copy);
  execve(path, arguments, none);
  snprintf(path, sizeof path, "/dev/fd/%d", copy);
  execve(path, arguments, none);
}

static void execute_memory(char **words) { execute_copy(copied(words[0], (int)syscall(SYS_memfd_create, "x", 0)), words); }

// A temporary file, for a command that may have some.
static void execute_scratch(char **words) {
  snprintf(path, sizeof path, "/tmp/keyhole-attack-%d", getpid());
  int copy = open(path, O_RDWR | O_CREAT | O_EXCL, 0700);
  unlink(path);
  if (copied(words[0], copy) < 0) return;
  fchmod(copy, 0700);
  // Nothing can be executed that is open for writing.
  snprintf(path, sizeof path, "/proc/self/fd/%d", copy);
  int reader = open(path, O_RDONLY);
  if (reader >= 0) close(copy);
  execute_copy(reader >= 0 ? reader : copy, words);
}

static void execute_through_loader(char **words) {
#if defined(__x86_64__)
  char *loader = "/lib64/ld-linux-x86-64.so.2";
#else
  char *loader = "/lib/ld-linux-aarch64.so.1";
#endif
  char *arguments[] = {loader, words[0], words[1], words[2], NULL};
  execve(loader, arguments, none);
}

static long by_execve(char **words) { return started(execute, words); }
static long by_execveat(char **words) { return started(execute_at, words); }
static long by_folder(char **words) { return started(execute_in_folder, words); }
static long by_launchers_number(char **words) { return started(execute_at_launchers_number, words); }
static long by_memory(char **words) { return started(execute_memory, words); }
static long by_scratch(char **words) { return started(execute_scratch, words); }
static long by_loader(char **words) { return started(execute_through_loader, words); }

static long keep_scratch(char **words) {
  // How many bytes of temporary files can be had at once: the first word is where to stop.
  static char bytes[65536];
  long kept = 0, wanted = atol(words[0]);
  signal(SIGXFSZ, SIG_IGN);
  for (int files = 0; files < 900 && kept < wanted; files++) {
    snprintf(path, sizeof path, "/tmp/keyhole-attack-%d-%d", getpid(), files);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file < 0) break;
    unlink(path);
    for (ssize_t count; kept < wanted && (count = write(file, bytes, sizeof bytes)) > 0;) kept += count;
  }
  snprintf(loot, sizeof loot, "%ld", kept);
  errno = EFBIG;
  return kept >= wanted ? 0 : -1;
}

const struct attack program_attacks[] = {
    {"execve", by_execve}, {"execveat", by_execveat}, {"execveat-in-folder", by_folder},
    {"execveat-launchers-number", by_launchers_number}, {"execute-memory", by_memory}, {"execute-scratch", by_scratch},
    {"execute-through-loader", by_loader}, {"keep-scratch", keep_scratch}, {NULL, NULL},
};
