#define _GNU_SOURCE
#include "CKeyhole.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>

int keyhole_signal_descriptor(const int *signals, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
  if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int keyhole_pidfd_open(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }
int keyhole_pidfd_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}
int keyhole_pidfd_getfd(int pidfd, int descriptor) {
  return (int)syscall(SYS_pidfd_getfd, pidfd, descriptor, 0);
}

static int wait_for(idtype_t type, id_t id, int flags, int *code, int *status) {
  siginfo_t info = {0};
  if (waitid(type, id, &info, WEXITED | flags) != 0) return -1;
  *code = info.si_code;
  *status = info.si_status;
  return info.si_pid;
}

int keyhole_pidfd_wait(int pidfd, bool block, int *code, int *status) {
  int process = wait_for(P_PIDFD, (id_t)pidfd, block ? 0 : WNOHANG, code, status);
  return process < 0 ? -1 : process > 0;
}
int keyhole_reap(bool block, int *code, int *status) {
  return wait_for(P_ALL, 0, block ? 0 : WNOHANG, code, status);
}

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

int keyhole_populate_program(void) {
  extern char __executable_start, edata;
  uintptr_t start = (uintptr_t)&__executable_start & ~(uintptr_t)4095;
  return madvise((void *)start, (uintptr_t)&edata - start, MADV_POPULATE_READ);
}

ssize_t keyhole_read_memory(int process, uint64_t address, void *bytes, size_t length) {
  struct iovec local = {.iov_base = bytes, .iov_len = length};
  struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = length};
  return process_vm_readv(process, &local, 1, &remote, 1, 0);
}

ssize_t keyhole_write_memory(int process, uint64_t address, const void *bytes, size_t length) {
  struct iovec local = {.iov_base = (void *)bytes, .iov_len = length};
  struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = length};
  return process_vm_writev(process, &local, 1, &remote, 1, 0);
}

int keyhole_current_cpu(void) { return sched_getcpu(); }
int keyhole_set_affinity(int thread, const void *mask, size_t size) {
  return (int)syscall(SYS_sched_setaffinity, thread, size, mask);
}
int keyhole_set_cpu(int thread, int cpu) {
  unsigned char mask[1024] = {0};
  if (cpu < 0 || cpu >= (int)sizeof mask * 8) {
    errno = EINVAL;
    return -1;
  }
  mask[cpu / 8] = (unsigned char)(1u << cpu % 8);
  return keyhole_set_affinity(thread, mask, sizeof mask);
}
int keyhole_affinity(void *mask, size_t size) { return (int)syscall(SYS_sched_getaffinity, 0, size, mask); }

static void fail(struct keyhole_spawn *spawn, const char *step) {
  spawn->failed_errno = errno;
  spawn->failed_step = step;
  _exit(127);
}

// Gives the child descriptors 0 to n-1 and nothing else but the executable. The sources are first
// copied above every number in play, so that no copy overwrites a source that is still needed.
static void arrange_descriptors(struct keyhole_spawn *spawn) {
  enum { above = 64 };
  int count = (int)spawn->descriptor_count;
  int moved[16];
  if (count > 16) {
    errno = EINVAL;
    fail(spawn, "descriptors");
  }
  for (int i = 0; i < count; i++) {
    moved[i] = fcntl(spawn->descriptors[i], F_DUPFD_CLOEXEC, above);
    if (moved[i] < 0) fail(spawn, "dup");
  }
  if (spawn->executable < above) {
    spawn->executable = fcntl(spawn->executable, F_DUPFD_CLOEXEC, above);
    if (spawn->executable < 0) fail(spawn, "dup");
  }
  for (int i = 0; i < count; i++)
    if (dup2(moved[i], i) < 0) fail(spawn, "dup2");
  unsigned first = (unsigned)count, executable = (unsigned)spawn->executable;
  if (executable > first && syscall(SYS_close_range, first, executable - 1, 0) != 0)
    fail(spawn, "close_range");
  if (syscall(SYS_close_range, executable + 1, ~0U, 0) != 0) fail(spawn, "close_range");
}

// Runs in the child, on the suspended parent's memory. While a listener is wanted the child shares the
// parent's descriptor table, so the listener appears there without being sent; then it parts.
static int child(void *argument) {
  struct keyhole_spawn *spawn = argument;
  struct sigaction standard = {.sa_handler = SIG_DFL};
  static const int ignorable[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2};
  sigset_t none;
  sigemptyset(&none);

  if (spawn->dies_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) fail(spawn, "prctl");
  if (spawn->control_group >= 0 && write(spawn->control_group, "0", 1) != 1) fail(spawn, "cgroup.procs");
  if (spawn->new_session && setsid() < 0) fail(spawn, "setsid");
  if (spawn->working_directory >= 0 && fchdir(spawn->working_directory) != 0) fail(spawn, "fchdir");
  if (spawn->root_directory >= 0) {
    // The child's own: the capabilities of the parent stay as they are.
    if (keyhole_set_capabilities(1UL << CAP_SYS_CHROOT, 1UL << CAP_SYS_CHROOT) != 0) fail(spawn, "capset");
    if (fchdir(spawn->root_directory) != 0) fail(spawn, "fchdir");
    if (chroot(".") != 0) fail(spawn, "chroot");
    if (keyhole_set_capabilities(0, 0) != 0) fail(spawn, "capset");
  }
  // Handlers go with the exec; signals that are ignored would stay so.
  for (size_t i = 0; i < sizeof ignorable / sizeof *ignorable; i++) sigaction(ignorable[i], &standard, NULL);
  for (size_t i = 0; i < spawn->limit_count; i++) {
    struct rlimit limit = {spawn->limits[i].value, spawn->limits[i].value};
    if (setrlimit(spawn->limits[i].resource, &limit) != 0) fail(spawn, "setrlimit");
  }
  if (spawn->landlock_ruleset >= 0 &&
      syscall(SYS_landlock_restrict_self, spawn->landlock_ruleset, 0) != 0)
    fail(spawn, "landlock_restrict_self");
  if (spawn->filter) {
    struct sock_fprog program = {.len = (unsigned short)spawn->filter_length,
                                 .filter = (struct sock_filter *)spawn->filter};
    spawn->listener =
        (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (spawn->listener < 0) fail(spawn, "seccomp");
    if (unshare(CLONE_FILES) != 0) fail(spawn, "unshare");
  }
  arrange_descriptors(spawn);
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) fail(spawn, "sigprocmask");
  syscall(SYS_execveat, spawn->executable, "", spawn->arguments, spawn->environment, AT_EMPTY_PATH);
  fail(spawn, "execveat");
  return 127;
}

int keyhole_spawn(struct keyhole_spawn *spawn) {
  // CLONE_VFORK: this frame stands still until the child has executed or exited.
  _Alignas(16) char stack[32 * 1024];
  sigset_t all, before;
  sigfillset(&all);
  spawn->failed_errno = 0;
  spawn->failed_step = NULL;
  spawn->listener = -1;
  spawn->pidfd = -1;
  int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  if (spawn->new_pid_namespace) flags |= CLONE_NEWPID;
  if (spawn->filter) flags |= CLONE_FILES;
  // A handler of the parent must not run in the child, on the parent's memory.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  spawn->process = clone(child, stack + sizeof stack, flags, spawn, &spawn->pidfd);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (spawn->process < 0) {
    errno = error;
    return -1;
  }
  if (spawn->failed_errno == 0) return 0;
  int code, status;
  while (keyhole_pidfd_wait(spawn->pidfd, true, &code, &status) < 0 && errno == EINTR) {
  }
  close(spawn->pidfd);
  if (spawn->listener >= 0) close(spawn->listener);
  spawn->pidfd = spawn->listener = -1;
  errno = spawn->failed_errno;
  return -1;
}
