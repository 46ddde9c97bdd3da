#define _GNU_SOURCE
#include "CKeyhole.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

int keyhole_set_socket_option(int socket, int level, int name, int value) {
  return setsockopt(socket, level, name, &value, sizeof value);
}
int keyhole_set_pipe_size(int pipe, int bytes) { return fcntl(pipe, F_SETPIPE_SZ, bytes); }

// The address as OpenSSH writes it: an IPv4 address that came over an IPv6 socket is an IPv4 address.
static int end_name(const struct sockaddr_storage *end, char *text, size_t size) {
  char address[INET6_ADDRSTRLEN];
  const void *bytes;
  int family = end->ss_family, port;
  if (family == AF_INET) {
    const struct sockaddr_in *internet = (const struct sockaddr_in *)end;
    bytes = &internet->sin_addr;
    port = ntohs(internet->sin_port);
  } else if (family == AF_INET6) {
    const struct sockaddr_in6 *internet = (const struct sockaddr_in6 *)end;
    bytes = &internet->sin6_addr;
    port = ntohs(internet->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&internet->sin6_addr)) {
      family = AF_INET;
      bytes = (const char *)bytes + 12;
    }
  } else {
    errno = EAFNOSUPPORT;
    return -1;
  }
  if (!inet_ntop(family, bytes, address, sizeof address)) return -1;
  return snprintf(text, size, "%s %d", address, port);
}

int keyhole_connection_name(int socket, char *text, size_t size) {
  struct sockaddr_storage peer, own;
  socklen_t peer_length = sizeof peer, own_length = sizeof own;
  char client[80], server[80];
  if (getpeername(socket, (struct sockaddr *)&peer, &peer_length) != 0) return -1;
  if (getsockname(socket, (struct sockaddr *)&own, &own_length) != 0) return -1;
  if (end_name(&peer, client, sizeof client) < 0 || end_name(&own, server, sizeof server) < 0) return -1;
  return snprintf(text, size, "%s %s", client, server);
}
