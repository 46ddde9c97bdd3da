// Does what its words say and prints one line for each thing tried: "NAME ok" or "NAME failed: ERROR".
// The acceptance tests run it outside a sandbox, where it succeeds, and inside.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/un.h>
#include <sys/xattr.h>
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

// Every way to open a file for reading.
static void read_every_way(const char *path) {
  struct open_how how = {.flags = O_RDONLY};
  show("open", syscall(SYS_open, path, O_RDONLY));
  show("openat", openat(AT_FDCWD, path, O_RDONLY));
  show("openat2", syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
  how.resolve = RESOLVE_IN_ROOT;
  int root = open("/", O_RDONLY | O_DIRECTORY);
  show("openat2-in-root", syscall(SYS_openat2, root, path, &how, sizeof how));
  char through[64];
  int handle = open(path, O_PATH);
  snprintf(through, sizeof through, "/proc/self/fd/%d", handle);
  show("o-path-reopened", handle < 0 ? -1 : open(through, O_RDONLY));
  snprintf(through, sizeof through, "/proc/self/root%s", path);
  show("proc-root", open(through, O_RDONLY));
  struct {
    struct file_handle handle;
    char room[128];
  } file = {.handle = {.handle_bytes = 128}};
  int mount;
  int named = name_to_handle_at(AT_FDCWD, path, &file.handle, &mount, 0);
  show("open-by-handle", named < 0 ? -1 : open_by_handle_at(root, &file.handle, O_RDONLY));
}

static void write_every_way(const char *folder) {
  char path[512], other[512];
  snprintf(path, sizeof path, "%s/made", folder);
  snprintf(other, sizeof other, "%s/other", folder);
  tell("create", open(path, O_CREAT | O_WRONLY, 0644));
  tell("creat", syscall(SYS_creat, path, 0644));
  tell("temporary", open(folder, O_TMPFILE | O_RDWR, 0600));
  tell("mkdir", mkdir(other, 0755));
  tell("rmdir", rmdir(other));
  tell("symlink", symlink("/etc/passwd", other));
  tell("unlink", unlink(other));
  tell("mkfifo", mkfifo(other, 0600));
  snprintf(path, sizeof path, "%s/there", folder);
  tell("append", open(path, O_WRONLY | O_APPEND));
  tell("read-write", open(path, O_RDWR));
  tell("truncate", truncate(path, 0));
  tell("chmod", chmod(path, 0600));
  tell("utimes", utimes(path, NULL));
  tell("setxattr", setxattr(path, "user.mark", "x", 1, 0));
  snprintf(other, sizeof other, "%s/hard", folder);
  tell("link", link(path, other));
  snprintf(other, sizeof other, "%s/renamed", folder);
  tell("rename", rename(path, other));
}

static void network(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  tell("tcp", fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address));
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  tell("udp", fd < 0 ? -1 : sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address));
  tell("raw-netlink-write", socket(AF_NETLINK, SOCK_RAW, 9 /* NETLINK_AUDIT */));
}

static void local_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  for (int kind = SOCK_STREAM; kind <= SOCK_SEQPACKET; kind += SOCK_SEQPACKET - SOCK_STREAM) {
    int fd = socket(AF_UNIX, kind, 0);
    tell("connect", fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address));
  }
}

static void execute_every_way(const char *path) {
  char *words[] = {"sh", "-c", "echo ran; exit 0", NULL}, *none[] = {NULL};
  for (int way = 0; way < 3; way++) {
    static const char *names[] = {"execve", "memfd", "loader"};
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      if (way == 0) execve(path, words, none);
      if (way == 1) {
        int from = open(path, O_RDONLY), to = memfd_create("x", 0);
        char bytes[65536];
        for (ssize_t count; from >= 0 && (count = read(from, bytes, sizeof bytes)) > 0;)
          if (write(to, bytes, count) < 0) break;
        syscall(SYS_execveat, to, "", words, none, AT_EMPTY_PATH);
      }
      if (way == 2) {
        char *loaded[] = {"ld.so", (char *)path, "-c", "echo ran; exit 0", NULL};
        execve("/lib64/ld-linux-x86-64.so.2", loaded, none);
      }
      _exit(errno == 0 ? 99 : errno);
    }
    int status = -1;
    if (child > 0) waitpid(child, &status, 0);
    errno = child < 0 ? errno : WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
    tell(names[way], child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1);
  }
}

static void touch_process(const char *word) {
  pid_t pid = atoi(word);
  char byte, path[64];
  struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
  struct rlimit limit = {64, 64};
  int traced = ptrace(PTRACE_SEIZE, pid, 0, 0);
  tell("ptrace", traced);
  if (traced == 0) {
    ptrace(PTRACE_INTERRUPT, pid, 0, 0);
    waitpid(pid, NULL, __WALL);
    ptrace(PTRACE_DETACH, pid, 0, 0);
  }
  errno = 0;
  tell("process-vm", process_vm_readv(pid, &here, 1, &there, 1, 0) < 0 && errno != EFAULT ? -1 : 0);
  tell("prlimit", syscall(SYS_prlimit64, pid, RLIMIT_CORE, &limit, NULL));
  snprintf(path, sizeof path, "/proc/%d/environ", pid);
  tell("environ", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/%d/mem", pid);
  tell("mem", open(path, O_RDONLY));
  // Last, since a process that ends cannot be tried any further.
  tell("kill", kill(pid, SIGUSR1));
}

static char swapped[512];
static const char *first, *second;
static volatile int swapping = 1;

static void *swap_names(void *unused) {
  (void)unused;
  while (swapping) {
    strcpy(swapped, first);
    strcpy(swapped, second);
  }
  return NULL;
}

// Opens a path that another thread changes all the time between an open and a secret file; counts what was read.
static void race(const char *open_path, const char *secret_path, int turns) {
  pthread_t thread;
  int leaks = 0, reads = 0;
  first = open_path;
  second = secret_path;
  strcpy(swapped, first);
  if (pthread_create(&thread, NULL, swap_names, NULL) != 0) {
    puts("race failed: no thread");
    return;
  }
  for (int turn = 0; turn < turns; turn++) {
    char text[64] = {0};
    int fd = open(swapped, O_RDONLY);
    if (fd < 0) continue;
    if (read(fd, text, sizeof text - 1) > 0) reads++;
    if (strstr(text, "nobody-may-read")) leaks++;
    close(fd);
  }
  swapping = 0;
  pthread_join(thread, NULL);
  printf("race reads=%d leaks=%d\n", reads, leaks);
}

static void identity(void) {
  char line[256];
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (!strncmp(line, "Uid", 3) || !strncmp(line, "Gid", 3) || !strncmp(line, "Groups", 6) || !strncmp(line, "Cap", 3) ||
        !strncmp(line, "NoNewPrivs", 10) || !strncmp(line, "Seccomp:", 8))
      fputs(line, stdout);
  if (status) fclose(status);
  printf("uid %u gid %u\n", getuid(), getgid());
  for (int fd = 0; fd < 1024; fd++)
    if (fcntl(fd, F_GETFD) >= 0) printf("fd %d\n", fd);
  extern char **environ;
  for (char **entry = environ; *entry; entry++) printf("env %s\n", *entry);
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "", *path = count > 2 ? words[2] : "";
  if (!strcmp(what, "uid")) identity();
  else if (!strcmp(what, "read")) read_every_way(path);
  else if (!strcmp(what, "write")) write_every_way(path);
  else if (!strcmp(what, "network")) network(path);
  else if (!strcmp(what, "socket")) local_socket(path);
  else if (!strcmp(what, "execute")) execute_every_way(path);
  else if (!strcmp(what, "touch")) touch_process(path);
  else if (!strcmp(what, "race") && count > 4) race(path, words[3], atoi(words[4]));
  else if (!strcmp(what, "mark")) {
    // A sign from inside that the command really ran.
    puts("marked");
  } else if (!strcmp(what, "crash")) {
    __builtin_trap();
  } else if (!strcmp(what, "fork")) {
    int made = 0;
    for (int wanted = atoi(path); made < wanted; made++) {
      pid_t child = fork();
      if (child < 0) break;
      if (child == 0) {
        sleep(60);
        _exit(0);
      }
    }
    printf("fork made %d\n", made);
    fflush(stdout);
    kill(0, SIGKILL);
  } else if (!strcmp(what, "memory")) {
    long wanted = atol(path), got = 0;
    for (; got < wanted; got++) {
      char *page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (page == MAP_FAILED) break;
      memset(page, 1, 1 << 20);
    }
    printf("memory got %ld MiB\n", got);
  } else if (!strcmp(what, "linger")) {
    // A grandchild in a session of its own that ignores what it can and outlives everything that lets it.
    for (int signal_number = 1; signal_number < 32; signal_number++) signal(signal_number, SIG_IGN);
    if (fork() == 0) {
      setsid();
      if (fork() == 0) sleep(1000);
      _exit(0);
    }
    puts("lingering");
    fflush(stdout);
    if (count > 2) sleep(1000);
  } else {
    fprintf(stderr, "probe: what?\n");
    return 2;
  }
  return 0;
}
