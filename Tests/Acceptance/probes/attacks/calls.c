// System calls that give more than a command has, and other ways into the kernel.
#include "attack.h"
#include <linux/perf_event.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <termios.h>

static long by_clone(char **words) {
  // The first word is the set of flags.
  pid_t child = (pid_t)syscall(SYS_clone, strtoul(words[0], NULL, 0) | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, NULL, __WALL);
  return child;
}

static long by_unshare(char **words) { return syscall(SYS_unshare, strtoul(words[0], NULL, 0)); }

static long by_clone3(char **words) {
  uint64_t arguments[11] = {strtoul(words[0], NULL, 0), 0, 0, 0, SIGCHLD};
  long child = syscall(SYS_clone3, arguments, sizeof arguments);
  if (child == 0) _exit(0);
  if (child > 0) waitpid((pid_t)child, NULL, __WALL);
  return child;
}

#if defined(__x86_64__)
static long by_x32(char **words) { return take(syscall(0x40000000 | SYS_open, words[0], O_RDONLY)); }

static long by_int80(char **words) {
  char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (path == MAP_FAILED) return -1;
  strcpy(path, words[0]);
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(path), "c"(0), "d"(0) : "memory");
  if (result < 0) return errno = (int)-result, -1;
  return take(result);
}

// The old fixed page of calls: it has the time and nothing else.
static long by_vsyscall(char **words) {
  (void)words;
  time_t (*page_time)(time_t *) = (time_t(*)(time_t *))0xffffffffff600400;
  return page_time(NULL) > 0 ? 0 : -1;
}
#else
static long no_such_way(void) { return errno = ENOSYS, -1; }
static long by_x32(char **words) { return (void)words, no_such_way(); }
static long by_int80(char **words) { return (void)words, no_such_way(); }
static long by_vsyscall(char **words) { return (void)words, no_such_way(); }
#endif

// They may be killed for it.
static long x32(char **words) { return in_child(by_x32, words); }
static long int80(char **words) { return in_child(by_int80, words); }
static long vsyscall(char **words) { return in_child(by_vsyscall, words); }

static long by_terminal_input(char **words) { return ioctl(0, TIOCSTI, words[0]); }
static long by_terminal_input_high(char **words) { return syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, words[0]); }
static long by_console(char **words) { return (void)words, ioctl(0, TIOCLINUX, "\x06"); }

static long by_new_terminal(char **words) {
  (void)words;
  int unlock = 0, terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  return terminal < 0 ? -1 : ioctl(terminal, TIOCSPTLCK, &unlock);
}

static long by_memfd(char **words) { return (void)words, syscall(SYS_memfd_create, "x", 0); }
static long by_uring(char **words) {
  char parameters[120] = {0};
  return (void)words, syscall(425 /* io_uring_setup */, 4, parameters);
}
static long by_bpf(char **words) {
  uint32_t map[18] = {2 /* ARRAY */, 4, 4, 1};
  return (void)words, syscall(SYS_bpf, 0 /* MAP_CREATE */, map, sizeof map);
}
static long by_perf(char **words) {
  struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof event, .config = PERF_COUNT_SW_CPU_CLOCK};
  return (void)words, syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
}
static long by_key(char **words) { return (void)words, syscall(SYS_add_key, "user", "keyhole", "x", 1, -2); }
static long by_keyring(char **words) { return (void)words, syscall(SYS_keyctl, 0, -3, 1); }
static long by_userfault(char **words) { return (void)words, syscall(SYS_userfaultfd, 1); }
static long by_fanotify(char **words) { return (void)words, syscall(SYS_fanotify_init, 0, 0); }
static long by_shared_memory(char **words) { return (void)words, syscall(SYS_shmget, 0, 4096, 01600); }
static long by_semaphore(char **words) { return (void)words, syscall(SYS_semget, 0, 1, 01600); }
static long by_message(char **words) { return (void)words, syscall(SYS_msgget, 0, 01600); }
static long by_queue(char **words) { return (void)words, syscall(SYS_mq_open, "keyhole-attack", O_CREAT | O_RDWR, 0600, NULL); }
static long by_fsopen(char **words) { return (void)words, syscall(430 /* fsopen */, "tmpfs", 0); }
static long by_mount(char **words) { return mount(words[0], words[1], NULL, MS_BIND, NULL); }
static long by_unmount(char **words) { return umount2(words[0], MNT_DETACH); }
static long by_pivot(char **words) { return syscall(SYS_pivot_root, words[0], words[0]); }
static long by_swap(char **words) { return (void)words, syscall(SYS_swapon, "/nowhere", 0) < 0 && errno == ENOENT ? 0 : -1; }
static long by_kernel_log(char **words) { return (void)words, klogctl(10, NULL, 0); }
static long by_clock(char **words) {
  (void)words;
  struct timeval change = {0, 0}, before;
  return adjtime(&change, &before);
}
static long by_host_name(char **words) {
  char name[256];
  (void)words;
  return gethostname(name, sizeof name) < 0 ? -1 : sethostname(name, strlen(name));
}
static long by_module(char **words) {
  // The kernel looks at the privilege before it looks at the file.
  (void)words;
  return syscall(SYS_init_module, "", 0, "") < 0 && errno == ENOEXEC ? 0 : -1;
}
static long by_user(char **words) { return syscall(SYS_setuid, atoi(words[0])); }
static long by_groups(char **words) { return (void)words, syscall(SYS_setgroups, 0, NULL); }
static long by_flock(char **words) { return syscall(SYS_flock, open(words[0], O_RDONLY), 1); }
static long by_lease(char **words) { return fcntl(open(words[0], O_RDONLY), F_SETLEASE, F_RDLCK); }
static long by_notice(char **words) { return fcntl(open(words[0], O_RDONLY), F_NOTIFY, 1); }
static long by_lock(char **words) {
  // A real lock is seen by another process.
  struct flock lock = {.l_type = F_RDLCK};
  int fd = open(words[0], O_RDWR);
  if (fd < 0) fd = open(words[0], O_RDONLY);
  if (fd < 0 || fcntl(fd, F_SETLK, &lock) < 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    struct flock other = {.l_type = F_WRLCK};
    _exit(fcntl(fd, F_GETLK, &other) == 0 && other.l_type != F_UNLCK ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  errno = ENOLCK;
  return status == 0 ? 0 : -1;
}
static long by_locked_memory(char **words) { return (void)words, mlockall(MCL_CURRENT); }
static long by_sync(char **words) { return (void)words, syscall(SYS_sync); }
static long by_real_time(char **words) {
  struct sched_param parameters = {.sched_priority = 1};
  return (void)words, sched_setscheduler(0, SCHED_FIFO, &parameters);
}
static long by_segment(char **words) {
  char descriptor[16] = {0};
  return (void)words, syscall(SYS_modify_ldt, 1, descriptor, sizeof descriptor);
}
static long by_ports(char **words) { return (void)words, syscall(SYS_ioperm, 0x80, 1, 1); }
static long by_filter(char **words) {
  (void)words;
  return prctl(PR_SET_SECCOMP, 3, 0, 0, 0) < 0 && errno != EINVAL ? -1 : 0;
}
static long by_prctl(char **words) { return prctl(atoi(words[0]), strtoul(words[1], NULL, 0), 0, 0, 0); }

const struct attack call_attacks[] = {
    {"clone", by_clone}, {"unshare", by_unshare}, {"clone3", by_clone3}, {"x32", x32}, {"int80", int80},
    {"vsyscall", vsyscall}, {"tiocsti", by_terminal_input}, {"tiocsti-high", by_terminal_input_high},
    {"tioclinux", by_console}, {"new-terminal", by_new_terminal}, {"memfd", by_memfd}, {"io_uring", by_uring},
    {"bpf", by_bpf}, {"perf", by_perf}, {"add-key", by_key}, {"keyring", by_keyring}, {"userfaultfd", by_userfault},
    {"fanotify", by_fanotify}, {"shared-memory", by_shared_memory}, {"semaphore", by_semaphore}, {"message", by_message},
    {"message-queue", by_queue}, {"fsopen", by_fsopen}, {"mount", by_mount}, {"unmount", by_unmount}, {"pivot", by_pivot},
    {"swap", by_swap}, {"kernel-log", by_kernel_log}, {"clock", by_clock}, {"host-name", by_host_name},
    {"module", by_module}, {"user", by_user}, {"groups", by_groups}, {"flock", by_flock}, {"lease", by_lease},
    {"change-notice", by_notice}, {"lock", by_lock}, {"locked-memory", by_locked_memory}, {"sync", by_sync},
    {"real-time", by_real_time}, {"segment", by_segment}, {"ports", by_ports}, {"filter", by_filter}, {"prctl", by_prctl},
    {NULL, NULL},
};
