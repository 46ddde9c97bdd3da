#define _GNU_SOURCE
#include "CKeyhole.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

int keyhole_private_procfs(void) {
  int context = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
  if (context < 0) return -1;
  int mounted = -1;
  if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
    mounted = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                                                                      MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY);
  int error = errno;
  close(context);
  errno = error;
  return mounted;
}

int keyhole_make_read_only(const char *path) {
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
  return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &attributes, sizeof attributes);
}

int keyhole_set_capabilities(uint64_t effective, uint64_t permitted) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {
      {.effective = (uint32_t)effective, .permitted = (uint32_t)permitted},
      {.effective = (uint32_t)(effective >> 32), .permitted = (uint32_t)(permitted >> 32)},
  };
  return (int)syscall(SYS_capset, &header, data);
}

int keyhole_set_identity(uint32_t user, uint32_t group) {
  return setresgid(group, group, group) == 0 ? setresuid(user, user, user) : -1;
}
int keyhole_unshare(int kinds) { return unshare(kinds); }
int keyhole_setns(int descriptor, int kind) { return setns(descriptor, kind); }
int keyhole_set_groups(const uint32_t *groups, size_t count) { return setgroups(count, groups); }

int keyhole_landlock_abi(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int keyhole_landlock_ruleset(uint64_t file_access, uint64_t network_access, uint64_t scoped) {
  // The structure as of ABI 6; older kernels accept it while the fields that they lack are zero.
  struct {
    uint64_t handled_access_fs, handled_access_net, scoped;
  } attributes = {file_access, network_access, scoped};
  return (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
}

int keyhole_landlock_allow_beneath(int ruleset, int path, uint64_t access) {
  struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = path};
  return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

// The kernel copies sizeof(struct seccomp_notif) of its own version, which may exceed the header's.
union notification {
  struct seccomp_notif request;
  char room[512];
};

int keyhole_notification_receive(int listener, struct keyhole_notification *notification) {
  union notification buffer;
  memset(&buffer, 0, sizeof buffer);
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &buffer) != 0) return -1;
  notification->id = buffer.request.id;
  notification->thread = buffer.request.pid;
  notification->call = buffer.request.data.nr;
  notification->architecture = buffer.request.data.arch;
  memcpy(notification->arguments, buffer.request.data.args, sizeof notification->arguments);
  return 0;
}

int keyhole_notification_is_valid(int listener, uint64_t id) {
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
}

int keyhole_notification_reply(int listener, uint64_t id, int error, int64_t value) {
  struct seccomp_notif_resp reply = {.id = id, .error = -error, .val = value};
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

int keyhole_notification_inject(int listener, uint64_t id, int descriptor, bool close_on_exec) {
  struct seccomp_notif_addfd injection = {.id = id,
                                          .flags = SECCOMP_ADDFD_FLAG_SEND,
                                          .srcfd = (uint32_t)descriptor,
                                          .newfd_flags = close_on_exec ? O_CLOEXEC : 0};
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &injection) < 0 ? -1 : 0;
}

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

int keyhole_notification_prefer_this_cpu(int listener) {
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}
