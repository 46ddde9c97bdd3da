// What Swift cannot import: variadic and missing system calls, macros that build control messages,
// and the code between clone and exec, where only async-signal-safe C may run.
// Every function returns -1 and sets errno on failure unless its comment says otherwise.
#pragma once
#include <dirent.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/inotify.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <sys/wait.h>
#include <unistd.h>

// openat2(2) has no wrapper in glibc 2.36.
int keyhole_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
// fcntl(2) is variadic.
int keyhole_status_flags(int descriptor);
int keyhole_set_status_flags(int descriptor, int flags);
int keyhole_duplicate_at_least(int descriptor, int lowest);
int keyhole_seal(int descriptor);
// prctl(2) is variadic.
int keyhole_prctl(int operation, unsigned long argument);
// close_range(2) came with Linux 5.9; glibc 2.34 has it, Swift's module map does not.
int keyhole_close_range(unsigned first, unsigned last);
// splice(2), accept4(2), pipe2(2), memfd_create(2): GNU extensions outside Swift's module map.
ssize_t keyhole_splice(int from, int to, size_t length);
int keyhole_accept(int socket);
int keyhole_pipe(int ends[2]);
int keyhole_memory_file(const char *name);
// send(2) of a plain buffer that neither blocks nor raises SIGPIPE.
ssize_t keyhole_send_now(int socket, const void *bytes, size_t length);
// An aligned store that no other moves across, into memory that outlives the process: Swift has atomics of its own only.
static inline void keyhole_publish(void *address, uint64_t word) {
  __atomic_store_n((uint64_t *)address, word, __ATOMIC_RELEASE);
}

// statx(2) with the mount id, which stat(2) does not have.
struct keyhole_file_status {
  uint32_t mode;
  uint32_t links;
  uint32_t user;
  uint32_t group;
  uint64_t inode;
  uint64_t size;
  uint64_t mount;
  uint32_t device_major, device_minor;
  uint32_t special_major, special_minor;
  int64_t changed_seconds;
  uint32_t changed_nanoseconds;
};
int keyhole_file_status(int descriptor, struct keyhole_file_status *status);
// statfs(2) is not in Swift's module map: 1 for procfs, 0 for any other file system.
int keyhole_is_on_procfs(int descriptor);
// What other processes get, as the kernel lays it out: struct stat, struct statx and struct statfs.
int keyhole_stat_bytes(int descriptor, void *bytes, size_t size);
int keyhole_statx_bytes(int descriptor, int synchronisation, uint32_t mask, void *bytes, size_t size);
int keyhole_statfs_bytes(int descriptor, void *bytes, size_t size);
// faccessat2(2) of the object itself (Linux 5.8); glibc 2.36 emulates it.
int keyhole_access(int descriptor, int mode, bool effective);
// The status of a name, without following a symbolic link at its end.
int keyhole_file_status_at(int directory, const char *name, struct keyhole_file_status *status);

// Control messages (cmsg(3)) are macros. Descriptors arrive close-on-exec.
ssize_t keyhole_send(int socket, const void *bytes, size_t length, const int *descriptors, size_t count);
// `count` holds the room on entry and the number received on return; a truncated message is EMSGSIZE.
ssize_t keyhole_receive(int socket, void *bytes, size_t length, int *descriptors, size_t *count);
int keyhole_peer(int socket, uint32_t *process, uint32_t *user, uint32_t *group);
// Fills sun_path; ENAMETOOLONG when it does not fit.
int keyhole_unix_bind(int socket, const char *path);
int keyhole_unix_connect(int socket, const char *path);
// getsockname(2) of a unix socket: the bytes of the path that it is bound to, without a NUL; 0 for none.
ssize_t keyhole_unix_bound_path(int socket, char *path, size_t size);
// The same, with SO_SNDTIMEO of the socket set for as long as it takes.
int keyhole_unix_connect_within(int socket, const char *path, int milliseconds);
// SO_PASSRIGHTS (Linux 6.16), off.
int keyhole_refuse_descriptors(int socket);
// One datagram to a path, or to an abstract name when the path begins with `@`; EAGAIN when there is no room for it for
// 0.1 seconds.
int keyhole_unix_notify(const char *path, const void *bytes, size_t length);
// signalfd(2) is not in Swift's module map: blocks the signals and returns a descriptor, close-on-exec.
int keyhole_signal_descriptor(const int *signals, size_t count);

// Process descriptors: pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2), no glibc wrappers.
int keyhole_pidfd_open(int process);
int keyhole_pidfd_signal(int pidfd, int signal);
int keyhole_pidfd_getfd(int pidfd, int descriptor);
// Wait for the child behind a pidfd: 1 when it ended (status as in waitpid), 0 when it still runs.
int keyhole_pidfd_wait(int pidfd, bool block, int *code, int *status);
// Reap any ended child: its pid, 0 when none ended and not told to block, -1 with ECHILD when there is none.
int keyhole_reap(bool block, int *code, int *status);
// Maps the pages of the program itself, from linker symbols that Swift cannot see (madvise(2),
// MADV_POPULATE_READ, Linux 5.14).
int keyhole_populate_program(void);
// process_vm_readv(2), process_vm_writev(2).
ssize_t keyhole_read_memory(int process, uint64_t address, void *bytes, size_t length);
ssize_t keyhole_write_memory(int process, uint64_t address, const void *bytes, size_t length);

// sched_setaffinity(2) of one thread: one CPU, or a mask as keyhole_affinity gives it (0: this thread).
int keyhole_current_cpu(void);
int keyhole_set_cpu(int thread, int cpu);
int keyhole_set_affinity(int thread, const void *mask, size_t size);
// Bytes of the mask.
int keyhole_affinity(void *mask, size_t size);

// A procfs instance for the caller's pid namespace, mounted nowhere (fsopen(2), fsmount(2)).
int keyhole_private_procfs(void);
// Makes a mount and all below it read-only, without devices and set-user-ID programs (mount_setattr(2), Linux 5.12).
int keyhole_make_read_only(const char *path);
// Replaces the calling process's capability sets (capset(2)); inheritable and ambient become empty.
int keyhole_set_capabilities(uint64_t effective, uint64_t permitted);
// GNU extensions outside Swift's module map: setresgid(2) and setresuid(2), unshare(2), setns(2).
int keyhole_set_identity(uint32_t user, uint32_t group);
int keyhole_unshare(int kinds);
int keyhole_setns(int descriptor, int kind);
int keyhole_set_groups(const uint32_t *groups, size_t count);

// Landlock (landlock(7)) has no wrappers in glibc 2.36, and its headers lag behind the kernel.
int keyhole_landlock_abi(void);
int keyhole_landlock_ruleset(uint64_t file_access, uint64_t network_access, uint64_t scoped);
int keyhole_landlock_allow_beneath(int ruleset, int path, uint64_t access);

// landlock_restrict_self(2) and seccomp(2) have no wrappers; the filter is for this process, without a listener.
int keyhole_landlock_restrict_self(int ruleset);
int keyhole_install_filter(const void *instructions, size_t count);
// capget(2), without libcap.
int keyhole_permitted_capabilities(uint64_t *permitted);
// fchdir(2) and chroot(2): the open directory becomes the root and the working directory.
int keyhole_make_root(int directory);

// setitimer(2), ITIMER_PROF: SIGPROF after so many seconds of processor time, unless it is called again.
int keyhole_limit_stretch(int seconds);

// setsockopt(2) of an int, for options whose names are macros of linux/tcp.h.
int keyhole_set_socket_option(int socket, int level, int name, int value);
// fcntl(2), F_SETPIPE_SZ: the capacity that the pipe has now, which may be more than was asked for.
int keyhole_set_pipe_size(int pipe, int bytes);
// Client address and port, server address and port, as in SSH_CONNECTION of ssh(1): the text's length.
int keyhole_connection_name(int socket, char *text, size_t size);

// seccomp_unotify(2). The kernel's structures may grow; these have what is used here.
struct keyhole_notification {
  uint64_t id;
  uint32_t thread;
  int32_t call;
  uint32_t architecture;
  uint64_t arguments[6];
};
int keyhole_notification_receive(int listener, struct keyhole_notification *notification);
int keyhole_notification_is_valid(int listener, uint64_t id);
// Ends the call in the target with -error (0: success) and `value`.
int keyhole_notification_reply(int listener, uint64_t id, int error, int64_t value);
// Installs a copy of `descriptor` in the target and ends its call with the new number.
int keyhole_notification_inject(int listener, uint64_t id, int descriptor, bool close_on_exec);
// Wakes the other side on this CPU (SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6); may fail with EINVAL.
int keyhole_notification_prefer_this_cpu(int listener);

struct keyhole_limit {
  int resource;
  uint64_t value;
};

// Everything the child does between clone and exec. A field at its zero value (-1 for
// descriptors) leaves that step out.
struct keyhole_spawn {
  int executable;                   // execveat(2) with AT_EMPTY_PATH; must be close-on-exec
  const char *const *arguments;     // argv, NULL at its end
  const char *const *environment;   // envp, NULL at its end
  const int *descriptors;           // descriptors[i] becomes descriptor i; all others are closed
  size_t descriptor_count;
  bool new_pid_namespace;
  bool new_session;
  bool dies_with_parent;            // PR_SET_PDEATHSIG, SIGKILL
  int control_group;                // open cgroup.procs to join
  int working_directory;
  int root_directory;               // becomes the root and the working directory, with CAP_SYS_CHROOT
  int landlock_ruleset;
  const struct keyhole_limit *limits;
  size_t limit_count;
  const void *filter;               // struct sock_filter[], installed with a listener
  size_t filter_length;             // in instructions
  // Results.
  int process;
  int pidfd;
  int listener;
  int failed_errno;                 // 0 when the exec succeeded
  const char *failed_step;
};
// 0 when the program runs. On failure errno and failed_step say what went wrong, and no child is left.
int keyhole_spawn(struct keyhole_spawn *spawn);

// TCP sockets: socket addresses are casts in C. An address has 4 or 16 bytes in network order.
struct keyhole_endpoint {
  uint8_t address[16];
  size_t length; // 4 or 16
  uint16_t port;
};
// A socket that listens, neither blocking nor inherited; one for IPv6 takes no IPv4.
int keyhole_tcp_listen(const struct keyhole_endpoint *endpoint, int backlog);
// Whether an inherited socket listens for TCP: -1 with ENOTSOCK or EPROTOTYPE when not. It becomes as the one above.
int keyhole_tcp_adopt(int socket);
// Sets TCP_NODELAY. The connection does not block until its receiver says otherwise.
int keyhole_tcp_accept(int socket, struct keyhole_endpoint *peer);
int keyhole_tcp_local(int socket, struct keyhole_endpoint *own);
// Ends the sending side and drops what has come in unread: close(2) would cut off what was sent last.
void keyhole_tcp_leave(int socket);

// Raises the soft limit of descriptors towards `wanted`, up to the hard one, and returns what it is then.
int64_t keyhole_raise_descriptor_limit(uint64_t wanted);
// Becomes another user with these groups; of all capabilities `kept` stay permitted, and ambient for what is executed.
int keyhole_become_user(uint32_t user, uint32_t group, const uint32_t *groups, size_t count, uint64_t kept);
// Of what is permitted, lets `kept` pass to executed programs and takes everything out of effect here.
int keyhole_keep_for_children(uint64_t kept);
