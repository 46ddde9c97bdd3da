#define _GNU_SOURCE
#include "CKeyhole.h"
#include <errno.h>
#include <string.h>

enum { most_descriptors = 16 };

ssize_t keyhole_send(int socket, const void *bytes, size_t length, const int *descriptors, size_t count) {
  struct iovec data = {.iov_base = (void *)bytes, .iov_len = length};
  union {
    char bytes[CMSG_SPACE(most_descriptors * sizeof(int))];
    struct cmsghdr aligned;
  } control = {0};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (count > most_descriptors) {
    errno = EINVAL;
    return -1;
  }
  if (count > 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t keyhole_receive(int socket, void *bytes, size_t length, int *descriptors, size_t *count) {
  struct iovec data = {.iov_base = bytes, .iov_len = length};
  union {
    char bytes[CMSG_SPACE(most_descriptors * sizeof(int))];
    struct cmsghdr aligned;
  } control = {0};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  size_t room = *count;
  ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (received < 0) return -1;
  *count = 0;
  bool surplus = false;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t carried = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < carried; i++) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
      if (*count < room) {
        descriptors[(*count)++] = descriptor;
      } else {
        close(descriptor);
        surplus = true;
      }
    }
  }
  if (surplus || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
    for (size_t i = 0; i < *count; i++) close(descriptors[i]);
    *count = 0;
    errno = EMSGSIZE;
    return -1;
  }
  return received;
}

int keyhole_peer(int socket, uint32_t *process, uint32_t *user, uint32_t *group) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
  *process = (uint32_t)peer.pid;
  *user = peer.uid;
  *group = peer.gid;
  return 0;
}

static int fill(struct sockaddr_un *address, const char *path) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address->sun_path, path);
  return 0;
}

int keyhole_unix_bind(int socket, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) != 0) return -1;
  return bind(socket, (struct sockaddr *)&address, sizeof address);
}

int keyhole_unix_notify(const char *path, const void *bytes, size_t length) {
  struct sockaddr_un address;
  if (fill(&address, path) != 0) return -1;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
  if (address.sun_path[0] == '@') address.sun_path[0] = 0;
  int notifier = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (notifier < 0) return -1;
  // A manager that does not read must not hold up its service.
  struct timeval within = {.tv_usec = 100000};
  setsockopt(notifier, SOL_SOCKET, SO_SNDTIMEO, &within, sizeof within);
  ssize_t sent = sendto(notifier, bytes, length, MSG_NOSIGNAL, (struct sockaddr *)&address, size);
  int error = errno;
  close(notifier);
  errno = error;
  return sent < 0 ? -1 : 0;
}

int keyhole_unix_connect(int socket, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) != 0) return -1;
  return connect(socket, (struct sockaddr *)&address, sizeof address);
}

ssize_t keyhole_unix_bound_path(int socket, char *path, size_t size) {
  // Room for a NUL behind a path that fills sun_path: unix(7), BUGS.
  union {
    struct sockaddr_un address;
    char bytes[sizeof(struct sockaddr_un) + 1];
  } name = {0};
  socklen_t length = sizeof name.address;
  if (getsockname(socket, (struct sockaddr *)&name.address, &length) != 0) return -1;
  if (name.address.sun_family != AF_UNIX) {
    errno = EAFNOSUPPORT;
    return -1;
  }
  size_t count = strlen(name.address.sun_path);
  if (count > size) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(path, name.address.sun_path, count);
  return (ssize_t)count;
}

int keyhole_unix_connect_within(int socket, const char *path, int milliseconds) {
  struct timeval before, within = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
  socklen_t length = sizeof before;
  if (getsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &before, &length) != 0) return -1;
  if (setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &within, sizeof within) != 0) return -1;
  int result = keyhole_unix_connect(socket, path), error = errno;
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &before, sizeof before);
  errno = error;
  return result;
}

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

int keyhole_refuse_descriptors(int socket) {
  int off = 0;
  return setsockopt(socket, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof off);
}
