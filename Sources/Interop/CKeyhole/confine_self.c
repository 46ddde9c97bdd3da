#define _GNU_SOURCE
#include "CKeyhole.h"
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/time.h>

int keyhole_landlock_restrict_self(int ruleset) {
  return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

int keyhole_install_filter(const void *instructions, size_t count) {
  struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)instructions};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int keyhole_permitted_capabilities(uint64_t *permitted) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) != 0) return -1;
  *permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
  return 0;
}

int keyhole_make_root(int directory) {
  if (fchdir(directory) != 0) return -1;
  return chroot(".");
}

int keyhole_limit_stretch(int seconds) {
  struct itimerval once = {.it_value = {.tv_sec = seconds}};
  return setitimer(ITIMER_PROF, &once, NULL);
}
