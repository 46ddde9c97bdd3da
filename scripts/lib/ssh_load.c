// Many whole calls over SSH, a connection each, by a few clients at once: ssh_load PORT IDENTITY KNOWN_HOSTS CLIENTS CALLS LINE
// Prints the seconds that it took. The OpenSSH client takes more time than some servers do; this one takes as little as a
// client can. libssh, threads, one connection after the other in each.
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static const char *port, *known_hosts, *line;
static ssh_key identity;
static atomic_int left;

static void fail(ssh_session session, const char *what) {
  fprintf(stderr, "ssh_load: %s: %s\n", what, session ? ssh_get_error(session) : "");
  exit(1);
}

static void set(ssh_session session, enum ssh_options_e option, const void *value) {
  if (ssh_options_set(session, option, value) < 0) fail(session, "option");
}

static void call_once(void) {
  ssh_session session = ssh_new();
  int no = 0, yes = 1, quick = 1;
  set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
  set(session, SSH_OPTIONS_HOST, "127.0.0.1");
  set(session, SSH_OPTIONS_PORT_STR, port);
  set(session, SSH_OPTIONS_USER, "diag");
  set(session, SSH_OPTIONS_KNOWNHOSTS, known_hosts);
  set(session, SSH_OPTIONS_KEY_EXCHANGE, "curve25519-sha256");
  set(session, SSH_OPTIONS_HOSTKEYS, "ssh-ed25519");
  set(session, SSH_OPTIONS_CIPHERS_C_S, "aes128-gcm@openssh.com");
  set(session, SSH_OPTIONS_CIPHERS_S_C, "aes128-gcm@openssh.com");
  set(session, SSH_OPTIONS_NODELAY, &yes);
  if (ssh_connect(session) != SSH_OK) fail(session, "connect");
  // Else the client waits 40 ms now and then before it acknowledges, with every server.
  setsockopt(ssh_get_fd(session), IPPROTO_TCP, TCP_QUICKACK, &quick, sizeof quick);
  if (ssh_session_is_known_server(session) != SSH_KNOWN_HOSTS_OK) fail(session, "host key");
  if (ssh_userauth_publickey(session, NULL, identity) != SSH_AUTH_SUCCESS) fail(session, "authentication");
  ssh_channel channel = ssh_channel_new(session);
  if (ssh_channel_open_session(channel) != SSH_OK || ssh_channel_request_exec(channel, line) != SSH_OK)
    fail(session, "command");
  char buffer[4096];
  int count, total = 0;
  while ((count = ssh_channel_read(channel, buffer, sizeof buffer, 0)) > 0) total += count;
  if (total == 0 || ssh_channel_get_exit_status(channel) != 0) fail(session, "no output, or another status than 0");
  ssh_channel_free(channel);
  ssh_disconnect(session);
  ssh_free(session);
}

static void *client(void *unused) {
  (void)unused;
  while (atomic_fetch_sub(&left, 1) > 0) call_once();
  return NULL;
}

int main(int count, char **words) {
  if (count != 7) return 2;
  port = words[1];
  known_hosts = words[3];
  line = words[6];
  ssh_init();
  if (ssh_pki_import_privkey_file(words[2], NULL, NULL, NULL, &identity) != SSH_OK) fail(NULL, words[2]);
  int clients = atoi(words[4]);
  atomic_init(&left, atoi(words[5]));
  pthread_t threads[256];
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int at = 0; at < clients && at < 256; at++) pthread_create(&threads[at], NULL, client, NULL);
  for (int at = 0; at < clients && at < 256; at++) pthread_join(threads[at], NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.6f\n", (end.tv_sec - begin.tv_sec) + (end.tv_nsec - begin.tv_nsec) / 1e9);
}
