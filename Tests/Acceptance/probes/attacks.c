// Attacks that need more than one system call. Prints "NAME ok" or "NAME failed: ERROR" for each, like probe.c.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void tell(const char *name, long result) {
  if (result >= 0)
    printf("%s ok\n", name);
  else
    printf("%s failed: %s\n", name, strerror(errno));
  fflush(stdout);
}

static void show(const char *name, int fd) {
  char text[256];
  ssize_t count = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (count >= 0) {
    text[count] = 0;
    text[strcspn(text, "\n")] = 0;
    printf("%s ok: %s\n", name, text);
  } else
    printf("%s failed: %s\n", name, strerror(errno));
  fflush(stdout);
  if (fd >= 0) close(fd);
}

static struct sockaddr_un unix_address(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (path[0] == '@') address.sun_path[0] = 0;
  return address;
}

static socklen_t unix_length(const char *path) { return offsetof(struct sockaddr_un, sun_path) + strlen(path); }

// MARK: Places: O_PATH descriptors of a secret folder

static void *open_thread_self(void *path) { return (void *)(intptr_t)open(path, O_RDONLY); }

static void places(const char *folder, const char *name) {
  char path[512], text[64];
  int place = open(folder, O_PATH | O_DIRECTORY);
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int file = open(path, O_PATH);
  show("openat-from-place", openat(place, name, O_RDONLY));
  show("openat-garbage-above", syscall(SYS_openat, 0xABCD00000000UL | (unsigned)place, name, 0xABCD00000000UL | O_RDONLY));
  snprintf(path, sizeof path, "/proc/self/fd/%d/%s", place, name);
  show("through-fd", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  show("fd-reopened", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/dev/fd/%d", file);
  show("dev-fd-reopened", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/self/fdinfo/../fd/%d", file);
  show("fdinfo-dot-dot", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/thread-self/fd/%d", file);
  pthread_t thread;
  void *opened = (void *)-1L;
  if (pthread_create(&thread, NULL, open_thread_self, path) == 0) pthread_join(thread, &opened);
  show("thread-self-of-second", (int)(intptr_t)opened);
  snprintf(path, sizeof path, "/proc/self/task/%d/fd/%d", gettid(), file);
  show("task-fd", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/%d/fd/%d", getppid(), file);
  for (uint64_t resolve = 1; resolve <= 0x20; resolve <<= 1) {
    struct open_how how = {.flags = O_RDONLY, .resolve = resolve};
    snprintf(path, sizeof path, "openat2-%#lx", resolve);
    show(path, syscall(SYS_openat2, place, name, &how, sizeof how));
  }
  struct {
    struct open_how how;
    char rest[64];
  } longer = {0};
  show("openat2-longer", syscall(SYS_openat2, place, name, &longer, sizeof longer));
  show("openat2-huge", syscall(SYS_openat2, place, name, &longer, 0x100000018UL));
  int changed = fchdir(place);
  show("fchdir-open", changed < 0 ? -1 : open(name, O_RDONLY));
  snprintf(path, sizeof path, "/proc/self/cwd/%s", name);
  show("proc-cwd", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/%d/cwd/%s", getpid(), name);
  show("proc-pid-cwd", open(path, O_RDONLY));
  char entries[4096];
  int here = open(".", O_RDONLY | O_DIRECTORY);
  tell("fchdir-list", syscall(SYS_getdents64, here, entries, sizeof entries));
  if (chdir("/") < 0) perror("chdir");
  // What no O_PATH descriptor may do anywhere: these fail outside too.
  printf("control read %zd\n", read(file, text, sizeof text));
  printf("control list %ld\n", syscall(SYS_getdents64, place, entries, sizeof entries));
  printf("control map %d\n", mmap(NULL, 1, PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED ? -1 : 0);
  printf("control sendfile %zd\n", sendfile(1, file, NULL, 10));
  fflush(stdout);
}

// MARK: Sockets

static int datagram_pair(void) {
  int pair[2];
  return socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0 ? -1 : pair[0];
}

// Sends to a datagram socket that was not connected to, with words that a test looks for.
static void datagram(const char *path) {
  struct sockaddr_un address = unix_address(path);
  const char *words = "forged";
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  tell("datagram", fd < 0 ? -1 : sendto(fd, words, 6, 0, (void *)&address, unix_length(path)));
  fd = datagram_pair();
  tell("pair", fd < 0 ? -1 : sendto(fd, words, 6, 0, (void *)&address, unix_length(path)));
  int raw[2];
  fd = socketpair(AF_UNIX, SOCK_RAW, 0, raw) < 0 ? -1 : raw[0];
  tell("raw-pair", fd < 0 ? -1 : sendto(fd, words, 6, 0, (void *)&address, unix_length(path)));
  fd = datagram_pair();
  struct iovec data = {(void *)words, 6};
  struct mmsghdr message = {.msg_hdr = {.msg_name = &address, .msg_namelen = unix_length(path), .msg_iov = &data, .msg_iovlen = 1}};
  tell("pair-sendmmsg", fd < 0 ? -1 : sendmmsg(fd, &message, 1, 0));
}

// A stream is there for the services that a policy lists; these use it for more.
static void stream(const char *path, const char *mine) {
  struct sockaddr_un address = unix_address(path), own = unix_address(mine), abstract = unix_address("@keyhole-attack");
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  tell("connect", fd < 0 ? -1 : connect(fd, (void *)&address, sizeof address));
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  tell("bind", fd < 0 ? -1 : bind(fd, (void *)&own, sizeof own));
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  tell("listen-abstract", fd < 0 || bind(fd, (void *)&abstract, unix_length("@keyhole-attack")) < 0 ? -1 : listen(fd, 1));
}

static void netlink(void) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg body;
  } request = {.header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
               .body = {.ifi_index = (int)if_nametoindex("lo"), .ifi_change = IFF_UP, .ifi_flags = 0}};
  if (request.body.ifi_index == 0) request.body.ifi_index = 1;
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  char answer[1024];
  long result = fd < 0 ? -1 : send(fd, &request, sizeof request, 0);
  if (result >= 0) {
    ssize_t count = recv(fd, answer, sizeof answer, 0);
    struct nlmsghdr *header = (void *)answer;
    int code = count < (ssize_t)sizeof *header ? EIO : -((struct nlmsgerr *)NLMSG_DATA(header))->error;
    errno = code;
    result = code ? -1 : 0;
  }
  tell("link-down", result);
  for (int family = 1; family < 23; family++) {
    char name[32];
    if (family == NETLINK_SOCK_DIAG) continue;
    snprintf(name, sizeof name, "netlink-%d", family);
    fd = socket(AF_NETLINK, SOCK_RAW, family);
    tell(name, fd);
  }
  struct sockaddr_nl peer = {.nl_family = AF_NETLINK, .nl_pid = 1}, group = {.nl_family = AF_NETLINK, .nl_groups = 1};
  fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  tell("netlink-to-process", sendto(fd, "x", 1, 0, (void *)&peer, sizeof peer));
  tell("netlink-to-group", sendto(fd, "x", 1, 0, (void *)&group, sizeof group));
}

// MARK: Kernel calls that give more than a command has

static int nothing(void *unused) {
  (void)unused;
  return 0;
}

static char stack[65536] __attribute__((aligned(16)));

static void try_clone(const char *name, int flags) {
  pid_t child = clone(nothing, stack + sizeof stack, flags | SIGCHLD, NULL);
  tell(name, child);
  if (child > 0) waitpid(child, NULL, __WALL);
}

static void try_in_child(const char *name, void (*attack)(void)) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    attack();
    _exit(1);
  }
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  errno = WIFSIGNALED(status) ? ECANCELED : EPERM;
  tell(name, child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1);
}

static void x32_open(void) {
  long fd = syscall(0x40000000 | SYS_open, "/etc/hostname", O_RDONLY);
  _exit(fd >= 0 ? 0 : 1);
}

static void int80_open(void) {
  char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  strcpy(path, "/etc/hostname");
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(path), "c"(0), "d"(0) : "memory");
  _exit(result >= 0 ? 0 : 1);
}

static void calls(void) {
  try_clone("clone-newuser", CLONE_NEWUSER);
  try_clone("clone-newns", CLONE_NEWNS);
  try_clone("clone-newpid", CLONE_NEWPID | CLONE_NEWUSER);
  tell("unshare-newuser", unshare(CLONE_NEWUSER));
  tell("unshare-fs", unshare(CLONE_FS));
  tell("unshare-newuser-high", syscall(SYS_unshare, 0x1234500000000000UL | CLONE_NEWUSER));
  struct {
    uint64_t words[11];
  } arguments = {{CLONE_NEWUSER, 0, 0, 0, SIGCHLD}};
  tell("clone3", syscall(SYS_clone3, &arguments, sizeof arguments));
  try_in_child("x32", x32_open);
  try_in_child("int80", int80_open);
  static const int resources[] = {RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_MEMLOCK, RLIMIT_CORE};
  for (unsigned i = 0; i < sizeof resources / sizeof *resources; i++) {
    struct rlimit limit;
    char name[32];
    getrlimit(resources[i], &limit);
    snprintf(name, sizeof name, "limit-%d", resources[i]);
    if (limit.rlim_max == RLIM_INFINITY) {
      printf("%s ok: none\n", name);
      continue;
    }
    limit.rlim_max += 1;
    limit.rlim_cur = limit.rlim_max;
    tell(name, syscall(SYS_prlimit64, 0, resources[i], &limit, NULL));
  }
  tell("dup-4096", dup2(0, 4096));
  tell("dup-executable", fcntl(0, F_DUPFD, 4096));
  tell("seccomp", syscall(SYS_seccomp, 0, 0, NULL));
  static const int operations[] = {PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_KEEPCAPS, PR_SET_MM,
                                   PR_SET_PTRACER, PR_SET_CHILD_SUBREAPER, PR_CAP_AMBIENT, PR_SET_PDEATHSIG, PR_SET_TIMERSLACK};
  for (unsigned i = 0; i < sizeof operations / sizeof *operations; i++) {
    char name[32];
    snprintf(name, sizeof name, "prctl-%d", operations[i]);
    tell(name, prctl(operations[i], 1, 0, 0, 0));
  }
  static const struct {
    const char *name;
    long number;
  } forbidden[] = {
      {"io_uring_setup", 425}, {"bpf", SYS_bpf}, {"perf_event_open", SYS_perf_event_open}, {"keyctl", SYS_keyctl},
      {"add_key", SYS_add_key}, {"memfd_create", SYS_memfd_create}, {"memfd_secret", 447}, {"shmget", SYS_shmget}, {"msgget", SYS_msgget},
      {"semget", SYS_semget}, {"mq_open", SYS_mq_open}, {"open_tree", 428}, {"move_mount", 429}, {"fsopen", 430}, {"fspick", 433},
      {"pidfd_open", 434}, {"pidfd_getfd", 438}, {"process_madvise", 440}, {"mount_setattr", 442}, {"userfaultfd", SYS_userfaultfd},
      {"fanotify_init", SYS_fanotify_init}, {"vmsplice", SYS_vmsplice}, {"kcmp", SYS_kcmp}, {"mlockall", SYS_mlockall},
      {"setpriority", SYS_setpriority}, {"ioprio_set", SYS_ioprio_set}, {"sched_setattr", SYS_sched_setattr},
      {"sched_setaffinity", SYS_sched_setaffinity}, {"quotactl", SYS_quotactl}, {"acct", SYS_acct}, {"setuid", SYS_setuid},
      {"setgroups", SYS_setgroups}, {"flock", SYS_flock}, {"sync", SYS_sync}, {"modify_ldt", SYS_modify_ldt}, {"iopl", SYS_iopl},
      {"ioperm", SYS_ioperm}, {"kexec_load", SYS_kexec_load}, {"init_module", SYS_init_module}, {"timer_create", SYS_timer_create},
      {"open_by_handle_at", SYS_open_by_handle_at}, {"landlock_create_ruleset", 444}, {"cachestat", 451}, {"lsm_list_modules", 461},
  };
  for (unsigned i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
    tell(forbidden[i].name, syscall(forbidden[i].number, 0, 0, 0, 0, 0, 0));
  static const int families[] = {AF_INET, AF_INET6, AF_PACKET, AF_ALG, AF_VSOCK, AF_NETLINK, AF_UNIX, AF_KEY, AF_XDP, AF_BLUETOOTH, AF_TIPC};
  for (unsigned i = 0; i < sizeof families / sizeof *families; i++) {
    char name[32];
    snprintf(name, sizeof name, "socket-%d", families[i]);
    tell(name, socket(families[i], families[i] == AF_ALG || families[i] == AF_BLUETOOTH || families[i] == AF_TIPC ? SOCK_SEQPACKET : SOCK_RAW, 0));
  }
  tell("tiocsti", ioctl(0, TIOCSTI, "x"));
  tell("tiocsti-high", syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, "x"));
}

// MARK: Files that anybody may read: what else can be done with a descriptor of one

static void handles(const char *path) {
  int fd = open(path, O_RDONLY);
  struct flock lock = {.l_type = F_RDLCK};
  tell("lock", fcntl(fd, F_SETLK, &lock));
  tell("open-lock", fcntl(fd, F_OFD_SETLK, &lock));
  tell("lease", fcntl(fd, F_SETLEASE, F_RDLCK));
  int folder = open("/etc", O_RDONLY | O_DIRECTORY);
  tell("notify", fcntl(folder, F_NOTIFY, DN_ACCESS));
  int ends[2];
  if (pipe(ends) < 0) return;
  tell("owner", fcntl(ends[0], F_SETOWN, 1));
  tell("signal", fcntl(ends[0], F_SETSIG, SIGKILL));
  tell("hint", fcntl(fd, 1036 /* F_SET_RW_HINT */, &(uint64_t){1}));
  tell("chmod", fchmod(fd, 0777));
  tell("executable-map", mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
}

// MARK: The supervisor, which is process 1 here, and this process's parent in the host's numbers

static void supervisor(const char *number) {
  static const char *const names[] = {"mem", "environ", "maps", "fd", "fd/3", "root", "cwd", "cwd/etc/shadow", "map_files",
                                      "task", "stack", "syscall", "auxv", "exe", "ns/mnt", "pagemap", "fd/3/..", "fdinfo/3"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[128];
    if (!strcmp(names[i], "task")) continue;
    snprintf(path, sizeof path, "/proc/%s/%s", number, names[i]);
    int fd = open(path, O_RDONLY);
    tell(names[i], fd);
    if (fd >= 0) close(fd);
    snprintf(path, sizeof path, "O_PATH-%s", names[i]);
  }
  tell("tgkill", syscall(SYS_tgkill, 1, 1, SIGKILL));
  tell("tgkill-stop", syscall(SYS_tgkill, 1, 1, SIGSTOP));
  tell("tgkill-segv", syscall(SYS_tgkill, 1, 1, SIGSEGV));
  tell("kill", kill(1, SIGKILL));
  int ends[2];
  if (pipe(ends) == 0) {
    fcntl(ends[0], F_SETOWN, 1);
    fcntl(ends[0], F_SETSIG, SIGKILL);
    fcntl(ends[0], F_SETFL, O_ASYNC);
    if (write(ends[1], "x", 1) < 0) perror("write");
  }
  show("still-answers", open("/etc/hostname", O_RDONLY));
}

// MARK: Floods

static void *open_for_ever(void *path) {
  while (1) {
    int fd = open(path, O_RDONLY);
    if (fd >= 0) close(fd);
  }
  return NULL;
}

static void flood(const char *what, int threads) {
  static char longest[8192];
  char *path = longest;
  memset(longest, 'a', sizeof longest);
  if (!strcmp(what, "long")) longest[5000] = 0;
  if (!strcmp(what, "edge")) {
    // A name that ends with its page, and the next page is not there; another without an end.
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 4096, 4096);
    memcpy(pages + 4096 - 14, "/etc/hostname", 14);
    show("edge", open(pages + 4096 - 14, O_RDONLY));
    memset(pages, '/', 4096);
    show("endless", syscall(SYS_open, pages + 4000, O_RDONLY));
    show("null", syscall(SYS_open, NULL, O_RDONLY));
    show("kernel", syscall(SYS_open, 0xffffffff81000000UL, O_RDONLY));
    show("wrapped", syscall(SYS_open, ~0UL - 2, O_RDONLY));
    show("empty", syscall(SYS_open, "", O_RDONLY));
    memset(pages, 'x', 4096);
    return;
  }
  if (!strcmp(what, "opens")) path = "/etc/hostname";
  if (!strcmp(what, "loop")) path = "/proc/self/fd/../fd/../fd/../fd/../fd/../fd/../fd/../fd/../fd/../fd/0";
  for (int i = 1; i < threads; i++) {
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_create(&thread, &small, open_for_ever, path);
  }
  puts("flooding");
  fflush(stdout);
  open_for_ever(path);
}

// Reads a path that somebody else changes; counts what was read.
static void race_path(const char *path, long turns) {
  long reads = 0, leaks = 0;
  for (long turn = 0; turn < turns; turn++) {
    char text[64] = {0};
    int fd = open(path, O_RDONLY);
    if (fd < 0) continue;
    if (read(fd, text, sizeof text - 1) > 0) reads++;
    if (strstr(text, "nobody-may-read")) leaks++;
    close(fd);
  }
  printf("race reads=%ld leaks=%ld\n", reads, leaks);
}

// A temporary file, if there is one: can it be run or grow without end?
static void scratch(void) {
  int fd = open("/tmp/scratch", O_RDWR | O_CREAT | O_EXCL, 0777);
  tell("make", fd);
  char bytes[65536];
  int self = open("/proc/self/exe", O_RDONLY);
  for (ssize_t count; fd >= 0 && (count = read(self, bytes, sizeof bytes)) > 0;)
    if (write(fd, bytes, count) < 0) break;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    char *words[] = {"scratch", "ran", NULL}, *none[] = {NULL};
    execve(path, words, none);
    _exit(errno);
  }
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  errno = WEXITSTATUS(status);
  tell("run", child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1);
  signal(SIGXFSZ, SIG_IGN);
  long kept = 0;
  for (int files = 0; files < 900; files++) {
    int file = open("/tmp/more", O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file < 0) break;
    for (ssize_t count; (count = write(file, bytes, sizeof bytes)) > 0;) kept += count;
  }
  printf("kept %ld\n", kept);
}

static void watch(const char *path) {
  int fd = inotify_init1(0);
  tell("watch", inotify_add_watch(fd, path, IN_ALL_EVENTS));
}

// Opens `path` and waits for a line on standard input, so that the test may look; then says who could read it.
static void hold(const char *path) {
  char byte;
  int fd = open(path, O_RDONLY);
  tell("held", fd);
  if (read(0, &byte, 1) < 0) perror("read");
}

// Tries the file through another process's descriptors: a stage of the same call has it open.
static void borrow(const char *path) {
  long tries = 0, leaks = 0;
  while (tries++ < 300) {
    show("direct", open(path, O_RDONLY));
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes && (entry = readdir(processes))) {
      char name[300];
      struct stat status;
      if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
      snprintf(name, sizeof name, "/proc/%s", entry->d_name);
      if (stat(name, &status) < 0 || status.st_uid != getuid() || atoi(entry->d_name) == getpid()) continue;
      for (int number = 3; number < 8; number++) {
        char text[64] = {0};
        snprintf(name, sizeof name, "/proc/%s/fd/%d", entry->d_name, number);
        int fd = open(name, O_RDONLY);
        if (fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strstr(text, "for-the-group")) leaks++;
        if (fd >= 0) close(fd);
      }
    }
    if (processes) closedir(processes);
    if (tries > 3) usleep(2000);
  }
  printf("borrow leaks=%ld\n", leaks);
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "", *path = count > 2 ? words[2] : "";
  if (!strcmp(what, "ran")) return 0;
  if (!strcmp(what, "places") && count > 3) places(path, words[3]);
  else if (!strcmp(what, "datagram")) datagram(path);
  else if (!strcmp(what, "stream") && count > 3) stream(path, words[3]);
  else if (!strcmp(what, "netlink")) netlink();
  else if (!strcmp(what, "calls")) calls();
  else if (!strcmp(what, "handles")) handles(path);
  else if (!strcmp(what, "supervisor")) supervisor(path);
  else if (!strcmp(what, "flood") && count > 3) flood(path, atoi(words[3]));
  else if (!strcmp(what, "race-path") && count > 3) race_path(path, atol(words[3]));
  else if (!strcmp(what, "scratch")) scratch();
  else if (!strcmp(what, "watch")) watch(path);
  else if (!strcmp(what, "hold")) hold(path);
  else if (!strcmp(what, "borrow")) borrow(path);
  else if (!strcmp(what, "read")) show("read", open(path, O_RDONLY));
  else if (!strcmp(what, "write-to-input")) tell("write-to-input", write(0, "through the input\n", 18));
  else if (!strcmp(what, "sigkill-self")) raise(SIGKILL);
  else if (!strcmp(what, "exit")) return atoi(path);
  else if (!strcmp(what, "fds")) {
    for (int fd = 0; fd < 3; fd++) {
      char name[64], text[64] = {0};
      snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
      if (readlink(name, text, sizeof text - 1) < 0) strcpy(text, "?");
      printf("%d %s %o\n", fd, text, fcntl(fd, F_GETFL));
    }
  } else {
    fprintf(stderr, "attacks: what?\n");
    return 2;
  }
  return 0;
}
