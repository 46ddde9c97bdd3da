// Stands in for keyhole-session where the listener is tested alone: takes its connection as keyhole-session does and then
// does what the client says, a word a line. It never speaks SSH.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { control = 3 };
static int client, settings, stop;
static int draining, stubborn;

static void say(const char *format, ...) {
  char line[65536];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 2, format, arguments);
  va_end(arguments);
  strcpy(line + length, "\r\n");
  send(client, line, strlen(line), MSG_NOSIGNAL);
}

static void take_connection(void) {
  char byte[16], room[CMSG_SPACE(2 * sizeof(int))];
  struct iovec data = {byte, sizeof byte};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  if (recvmsg(control, &message, MSG_CMSG_CLOEXEC) <= 0) exit(0);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_len != CMSG_LEN(2 * sizeof(int))) exit(100);
  memcpy(&client, CMSG_DATA(header), sizeof client);
  memcpy(&settings, CMSG_DATA(header) + sizeof client, sizeof settings);
  fcntl(client, F_SETFL, fcntl(client, F_GETFL) & ~O_NONBLOCK);
}

static void show_settings(void) {
  struct stat status;
  if (fstat(settings, &status) != 0) return;
  const unsigned char *bytes = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, settings, 0);
  char hex[2 * 16384 + 1] = "";
  for (long i = 0; i < status.st_size && i < 16384; i++) sprintf(hex + 2 * i, "%02x", bytes[i]);
  say("settings %s seals %d position %ld", hex, fcntl(settings, F_GET_SEALS), (long)lseek(settings, 0, SEEK_CUR));
}

static void show_descriptors(void) {
  char names[4096] = "";
  DIR *directory = opendir("/proc/self/fd");
  for (struct dirent *entry; (entry = readdir(directory));) {
    char path[300], target[200] = "";
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(directory)) continue;
    snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
    if (readlink(path, target, sizeof target - 1) < 0) continue;
    snprintf(names + strlen(names), sizeof names - strlen(names), " %s=%s", entry->d_name, target);
  }
  closedir(directory);
  say("descriptors%s", names);
}

static void show_status(const char *field) {
  char line[512];
  FILE *status = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, status))
    if (strncmp(line, field, strlen(field)) == 0) say("%.*s", (int)strcspn(line, "\n"), line);
  fclose(status);
}

static void obey(char *word) {
  extern char **environ;
  unsigned char status;
  if (strcmp(word, "authenticated") == 0 || strcmp(word, "failed") == 0) {
    status = word[0] == 'a' ? 1 : 2;
    send(control, &status, 1, MSG_NOSIGNAL);
    say("told");
  } else if (strncmp(word, "exit ", 5) == 0) {
    exit(atoi(word + 5));
  } else if (strncmp(word, "signal ", 7) == 0) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    kill(getpid(), atoi(word + 7));
  } else if (strcmp(word, "settings") == 0) {
    show_settings();
  } else if (strcmp(word, "descriptors") == 0) {
    show_descriptors();
  } else if (strncmp(word, "status ", 7) == 0) {
    show_status(word + 7);
  } else if (strcmp(word, "environment") == 0) {
    for (char **entry = environ; *entry; entry++) say("environment %s", *entry);
    say("environment ends");
  } else if (strcmp(word, "stubborn") == 0) {
    stubborn = 1;
    say("told");
  } else {
    say("echo %s", word);
  }
}

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, NULL);
  stop = signalfd(-1, &set, SFD_CLOEXEC);
  take_connection();
  say("stand-in %d", getpid());
  char line[256];
  size_t length = 0;
  while (1) {
    struct pollfd entries[] = {{client, POLLIN, 0}, {draining ? -1 : stop, POLLIN, 0}, {draining ? -1 : control, POLLIN, 0}};
    if (poll(entries, 3, -1) < 0) return 101;
    if (entries[1].revents || entries[2].revents) {
      say(entries[1].revents ? "draining: signal" : "draining: hang-up");
      draining = 1;
    }
    if (!entries[0].revents) continue;
    ssize_t got = recv(client, line + length, sizeof line - 1 - length, 0);
    if (got <= 0) {
      // As a session whose command does not end.
      while (stubborn) pause();
      return draining ? 0 : 1;
    }
    length += got;
    line[length] = 0;
    for (char *end; (end = strchr(line, '\n'));) {
      *end = 0;
      obey(line);
      length -= end + 1 - line;
      memmove(line, end + 1, length + 1);
    }
    if (length == sizeof line - 1) length = 0;
  }
}
