// What can be done to another process: the first word is its number. And to oneself, to be more than one was made.
#include "attack.h"
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

// The parent's number in /proc: the supervisor's, of which getppid(2) says 1 inside.
static pid_t parent(void) {
  char line[256];
  pid_t number = -1;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status)) sscanf(line, "PPid: %d", &number);
  if (status) fclose(status);
  return number;
}

static pid_t target(char **words) { return !strcmp(words[0], "parent") ? parent() : atoi(words[0]); }

static long by_kill(char **words) { return kill(target(words), SIGUSR1); }
static long by_tkill(char **words) { return syscall(SYS_tkill, target(words), SIGUSR1); }
static long by_tgkill(char **words) { return syscall(SYS_tgkill, target(words), target(words), SIGUSR1); }

static long by_queue(char **words) {
  siginfo_t information = {.si_code = SI_QUEUE};
  return syscall(SYS_rt_sigqueueinfo, target(words), SIGUSR1, &information);
}

static long by_pidfd(char **words) {
  long pidfd = syscall(434 /* pidfd_open */, target(words), 0);
  return pidfd < 0 ? -1 : syscall(424 /* pidfd_send_signal */, pidfd, SIGUSR1, NULL, 0);
}

static long by_kill_all(char **words) {
  (void)words;
  return kill(-1, SIGUSR1);
}

static long by_owner(char **words) {
  int ends[2];
  if (pipe(ends) < 0 || fcntl(ends[0], F_SETOWN, target(words)) < 0 || fcntl(ends[0], F_SETSIG, SIGUSR1) < 0 ||
      fcntl(ends[0], F_SETFL, O_ASYNC) < 0)
    return -1;
  return write(ends[1], "x", 1);
}

static long by_attach(char **words) { return ptrace(PTRACE_ATTACH, target(words), 0, 0); }
static long by_seize(char **words) { return ptrace(PTRACE_SEIZE, target(words), 0, 0); }

// Where the victim's program begins; it tells in its maps.
static void *somewhere(pid_t pid) {
  char name[64], line[256];
  unsigned long address = 0x400000;
  snprintf(name, sizeof name, "/proc/%d/maps", pid);
  FILE *maps = fopen(name, "r");
  if (maps && fgets(line, sizeof line, maps)) sscanf(line, "%lx", &address);
  if (maps) fclose(maps);
  return (void *)address;
}

static long by_vm_read(char **words) {
  char byte;
  struct iovec here = {&byte, 1}, there = {somewhere(target(words)), 1};
  return process_vm_readv(target(words), &here, 1, &there, 1, 0);
}

static long by_vm_write(char **words) {
  // A write of nothing is judged as a write.
  struct iovec here = {"", 0}, there = {somewhere(target(words)), 0};
  return process_vm_writev(target(words), &here, 1, &there, 1, 0);
}

static long by_getfd(char **words) {
  long pidfd = syscall(434, target(words), 0);
  return pidfd < 0 ? -1 : syscall(438 /* pidfd_getfd */, pidfd, 0, 0);
}

static long by_limit(char **words) {
  struct rlimit limit = {64, 64};
  return syscall(SYS_prlimit64, target(words), RLIMIT_CORE, &limit, NULL);
}

static long by_priority(char **words) { return setpriority(PRIO_PROCESS, (id_t)target(words), 5); }
static long by_io_priority(char **words) { return syscall(SYS_ioprio_set, 1, target(words), 3 << 13); }

static long by_affinity(char **words) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  return sched_setaffinity(target(words), sizeof set, &set);
}

static long by_scheduler(char **words) {
  struct sched_param parameters = {0};
  return sched_setscheduler(target(words), SCHED_BATCH, &parameters);
}

static long by_namespace(char **words) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/ns/mnt", target(words));
  int space = open(name, O_RDONLY);
  return space < 0 ? -1 : setns(space, CLONE_NEWNS);
}

// Opens /proc/PID/NAME for reading: the second word is the name.
static long by_file(char **words) {
  char name[256];
  snprintf(name, sizeof name, "/proc/%d/%s", target(words), words[1]);
  return open(name, O_RDONLY);
}

static long by_file_for_writing(char **words) {
  char name[256];
  snprintf(name, sizeof name, "/proc/%d/%s", target(words), words[1]);
  return open(name, O_WRONLY);
}

// What another process has mapped of a file: the loot of /proc/PID/map_files whose link names the second word.
static long by_map_files(char **words) {
  char folder[64], name[512], text[512];
  snprintf(folder, sizeof folder, "/proc/%d/map_files", target(words));
  DIR *entries = opendir(folder);
  if (!entries) return -1;
  for (struct dirent *entry; (entry = readdir(entries));) {
    snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
    ssize_t count = readlink(name, text, sizeof text - 1);
    if (count < 0) continue;
    text[count] = 0;
    if (!strcmp(text, words[1])) return take(open(name, O_RDONLY));
  }
  errno = ENOENT;
  return -1;
}

// MARK: To oneself

static long write_own_memory(char **words) {
  static volatile char constant[4096] __attribute__((aligned(4096))) = "constant";
  (void)words;
  int memory = open("/proc/self/mem", O_RDWR);
  return memory < 0 ? -1 : pwrite(memory, "changed", 8, (off_t)(intptr_t)constant);
}

static long dump_core(char **words) {
  (void)words;
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_CORE, &limit);
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_DUMPABLE, 1);
    abort();
  }
  int status;
  if (waitpid(child, &status, 0) < 0) return -1;
  errno = ECHILD;
  return WIFSIGNALED(status) && WCOREDUMP(status) ? 0 : -1;
}

// Every descriptor from 3 on that this process was started with.
static long inherited(char **words) {
  (void)words;
  for (int fd = 3; fd < 8192; fd++)
    if (fcntl(fd, F_GETFD) >= 0) return snprintf(loot, sizeof loot, "%d", fd);
  errno = EBADF;
  return -1;
}

static long write_to_input(char **words) {
  (void)words;
  return write(0, "through the input\n", 18);
}

static long write_to_reopened(char **words) {
  int stream = open(words[0], O_WRONLY | O_NONBLOCK);
  return stream < 0 ? -1 : write(stream, "through the back\n", 17);
}

static long raise_limit(char **words) {
  // The first word is the resource. Below the hard limit anybody may; there is to be no room.
  struct rlimit limit;
  if (getrlimit((__rlimit_resource_t)atoi(words[0]), &limit) < 0) return -1;
  if (limit.rlim_cur == RLIM_INFINITY) return snprintf(loot, sizeof loot, "unlimited");
  limit.rlim_cur += 1;
  if (limit.rlim_max < limit.rlim_cur) limit.rlim_max = limit.rlim_cur;
  return setrlimit((__rlimit_resource_t)atoi(words[0]), &limit);
}

const struct attack process_attacks[] = {
    {"kill", by_kill}, {"tkill", by_tkill}, {"tgkill", by_tgkill}, {"sigqueue", by_queue}, {"pidfd-signal", by_pidfd},
    {"kill-all", by_kill_all}, {"signal-by-owner", by_owner}, {"attach", by_attach}, {"seize", by_seize},
    {"vm-read", by_vm_read}, {"vm-write", by_vm_write}, {"getfd", by_getfd}, {"limit-other", by_limit},
    {"priority-other", by_priority}, {"io-priority-other", by_io_priority}, {"affinity-other", by_affinity},
    {"scheduler-other", by_scheduler}, {"namespace-of-other", by_namespace}, {"process-file", by_file},
    {"process-file-to-write", by_file_for_writing}, {"map-files", by_map_files}, {"own-memory", write_own_memory},
    {"core", dump_core}, {"inherited", inherited}, {"write-to-input", write_to_input},
    {"write-to-reopened", write_to_reopened}, {"raise-limit", raise_limit}, {NULL, NULL},
};
