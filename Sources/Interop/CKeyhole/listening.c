#define _GNU_SOURCE
#include "CKeyhole.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static socklen_t fill(struct sockaddr_storage *storage, const struct keyhole_endpoint *endpoint) {
  memset(storage, 0, sizeof *storage);
  if (endpoint->length == 4) {
    struct sockaddr_in *address = (struct sockaddr_in *)storage;
    address->sin_family = AF_INET;
    address->sin_port = htons(endpoint->port);
    memcpy(&address->sin_addr, endpoint->address, 4);
    return sizeof *address;
  }
  struct sockaddr_in6 *address = (struct sockaddr_in6 *)storage;
  address->sin6_family = AF_INET6;
  address->sin6_port = htons(endpoint->port);
  memcpy(&address->sin6_addr, endpoint->address, 16);
  return sizeof *address;
}

// An IPv4 address in IPv6 clothes is an IPv4 address.
static int read_out(const struct sockaddr_storage *storage, struct keyhole_endpoint *endpoint) {
  memset(endpoint, 0, sizeof *endpoint);
  if (storage->ss_family == AF_INET) {
    const struct sockaddr_in *address = (const struct sockaddr_in *)storage;
    endpoint->length = 4;
    endpoint->port = ntohs(address->sin_port);
    memcpy(endpoint->address, &address->sin_addr, 4);
    return 0;
  }
  if (storage->ss_family == AF_INET6) {
    const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)storage;
    bool mapped = IN6_IS_ADDR_V4MAPPED(&address->sin6_addr);
    endpoint->length = mapped ? 4 : 16;
    endpoint->port = ntohs(address->sin6_port);
    memcpy(endpoint->address, (const uint8_t *)&address->sin6_addr + (mapped ? 12 : 0), endpoint->length);
    return 0;
  }
  errno = EAFNOSUPPORT;
  return -1;
}

static int close_and_fail(int socket) {
  int error = errno;
  close(socket);
  errno = error;
  return -1;
}

int keyhole_tcp_listen(const struct keyhole_endpoint *endpoint, int backlog) {
  struct sockaddr_storage address;
  socklen_t length = fill(&address, endpoint);
  int made = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return -1;
  int on = 1;
  if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return close_and_fail(made);
  if (address.ss_family == AF_INET6 && setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
    return close_and_fail(made);
  if (bind(made, (struct sockaddr *)&address, length) != 0) return close_and_fail(made);
  if (listen(made, backlog) != 0) return close_and_fail(made);
  return made;
}

int keyhole_tcp_adopt(int socket) {
  int listens = 0, domain = 0, type = 0;
  socklen_t length = sizeof(int);
  if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0) return -1;
  if (getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return -1;
  if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return -1;
  if (!listens || type != SOCK_STREAM || (domain != AF_INET && domain != AF_INET6)) {
    errno = EPROTOTYPE;
    return -1;
  }
  int flags = fcntl(socket, F_GETFL);
  if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0) return -1;
  return fcntl(socket, F_SETFD, FD_CLOEXEC);
}

int keyhole_tcp_accept(int socket, struct keyhole_endpoint *peer) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  int accepted = accept4(socket, (struct sockaddr *)&address, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted < 0) return -1;
  if (read_out(&address, peer) != 0) return close_and_fail(accepted);
  int on = 1;
  setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return accepted;
}

int keyhole_tcp_local(int socket, struct keyhole_endpoint *own) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(socket, (struct sockaddr *)&address, &length) != 0) return -1;
  return read_out(&address, own);
}

void keyhole_tcp_leave(int socket) {
  shutdown(socket, SHUT_WR);
  // MSG_TRUNC on TCP drops the bytes without copying them, tcp(7).
  recv(socket, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);
}

int64_t keyhole_raise_descriptor_limit(uint64_t wanted) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  }
  return limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}

int keyhole_keep_for_children(uint64_t kept) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {
      {.permitted = (uint32_t)kept, .inheritable = (uint32_t)kept},
      {.permitted = (uint32_t)(kept >> 32), .inheritable = (uint32_t)(kept >> 32)},
  };
  if (syscall(SYS_capset, &header, data) != 0) return -1;
  for (unsigned long capability = 0; capability < 64; capability++)
    if (kept >> capability & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) return -1;
  return 0;
}

int keyhole_become_user(uint32_t user, uint32_t group, const uint32_t *groups, size_t count, uint64_t kept) {
  if (kept && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return -1;
  if (setgroups(count, groups) != 0) return -1;
  if (setresgid(group, group, group) != 0) return -1;
  if (setresuid(user, user, user) != 0) return -1;
  return keyhole_keep_for_children(kept);
}
