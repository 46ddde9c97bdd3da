// Ways to other processes by sockets: the first word is a path, or @ and an abstract name.
#include "attack.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address;
static socklen_t length;

static const struct sockaddr *named(const char *name) {
  address = (struct sockaddr_un){.sun_family = AF_UNIX};
  strncpy(address.sun_path, name, sizeof address.sun_path - 1);
  length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (name[0] != '@'));
  if (name[0] == '@') address.sun_path[0] = 0;
  return (const struct sockaddr *)&address;
}

static long connect_to(int fd, const char *name) {
  const struct sockaddr *there = named(name);
  return connect(fd, there, length);
}

static long send_to(int fd, const char *name) {
  const struct sockaddr *there = named(name);
  return sendto(fd, "forged", 6, 0, there, length);
}

static long bind_to(int fd, const char *name) {
  const struct sockaddr *here = named(name);
  return bind(fd, here, length);
}

static int stream(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }

static long by_connect(char **words) { return connect_to(stream(), words[0]); }
static long by_seqpacket(char **words) { return connect_to(socket(AF_UNIX, SOCK_SEQPACKET, 0), words[0]); }
static long by_thread(char **words) { return in_thread(by_connect, words); }
static long by_nonblocking(char **words) {
  return connect_to(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), words[0]);
}

static long by_datagram_connect(char **words) { return connect_to(socket(AF_UNIX, SOCK_DGRAM, 0), words[0]); }
static long by_datagram(char **words) { return send_to(socket(AF_UNIX, SOCK_DGRAM, 0), words[0]); }

static long from_pair(int kind, char **words) {
  int pair[2];
  return socketpair(AF_UNIX, kind, 0, pair) < 0 ? -1 : send_to(pair[0], words[0]);
}
static long by_datagram_pair(char **words) { return from_pair(SOCK_DGRAM, words); }
static long by_raw_pair(char **words) { return from_pair(SOCK_RAW, words); }

static long by_sendmmsg(char **words) {
  int pair[2];
  struct iovec data = {"forged", 6};
  void *there = (void *)named(words[0]);
  struct mmsghdr message = {.msg_hdr = {.msg_name = there, .msg_namelen = length, .msg_iov = &data, .msg_iovlen = 1}};
  return socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0 ? -1 : sendmmsg(pair[0], &message, 1, 0);
}

static long by_bind(char **words) {
  unlink(words[0]);
  return bind_to(stream(), words[0]);
}
static long by_bind_as_it_is(char **words) { return bind_to(stream(), words[0]); }
static long by_listen(char **words) {
  int fd = stream();
  return bind_to(fd, words[0]) < 0 ? -1 : listen(fd, 1);
}

// A service that hands out a file: reads what it sent.
static long by_passed_descriptor(char **words) {
  int fd = stream();
  if (connect_to(fd, words[0]) < 0) return -1;
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  if (recvmsg(fd, &message, 0) < 0) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  int passed = -1;
  if (header) memcpy(&passed, CMSG_DATA(header), sizeof passed);
  errno = ENOMSG;
  return take(passed);
}

static long by_answer(char **words) {
  int fd = stream();
  if (connect_to(fd, words[0]) < 0) return -1;
  return take(fd);
}

static long make(char **words) { return socket(atoi(words[0]), atoi(words[1]), atoi(words[2])); }

// Sets an interface up that is up: only privilege can.
static long change_link(char **words) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg body;
  } request = {.header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
               .body = {.ifi_index = 1, .ifi_change = IFF_UP, .ifi_flags = IFF_UP}};
  (void)words;
  char answer[4096];
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (fd < 0 || send(fd, &request, sizeof request, 0) < 0) return -1;
  struct nlmsghdr *header = (void *)answer;
  if (recv(fd, answer, sizeof answer, 0) < (ssize_t)sizeof *header) return -1;
  errno = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
  return errno ? -1 : 0;
}

static long to_group(char **words) {
  struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int fd = socket(AF_NETLINK, SOCK_RAW, atoi(words[0]));
  return fd < 0 ? -1 : sendto(fd, "xxxxxxxxxxxxxxxx", 16, 0, (void *)&group, sizeof group);
}

static long by_internet(char **words) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[0])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&there, sizeof there);
}
static long by_fast_open(char **words) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[0])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return sendto(socket(AF_INET, SOCK_STREAM, 0), "x", 1, MSG_FASTOPEN, (void *)&there, sizeof there);
}
static long by_own_server(char **words) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  (void)words;
  return bind(fd, (void *)&here, sizeof here) < 0 ? -1 : listen(fd, 1);
}

const struct attack socket_attacks[] = {
    {"connect", by_connect}, {"connect-seqpacket", by_seqpacket}, {"connect-from-thread", by_thread},
    {"connect-nonblocking", by_nonblocking}, {"connect-datagram", by_datagram_connect}, {"datagram", by_datagram},
    {"datagram-pair", by_datagram_pair}, {"raw-pair", by_raw_pair}, {"sendmmsg-pair", by_sendmmsg}, {"bind", by_bind}, {"bind-as-it-is", by_bind_as_it_is},
    {"listen", by_listen}, {"passed-descriptor", by_passed_descriptor}, {"answer", by_answer}, {"socket", make},
    {"change-link", change_link}, {"netlink-group", to_group}, {"connect-internet", by_internet},
    {"fast-open", by_fast_open}, {"serve", by_own_server}, {NULL, NULL},
};
