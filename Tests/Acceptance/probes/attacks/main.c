#include "attack.h"
#include <pthread.h>

char loot[512];

long take(long descriptor) {
  if (descriptor < 0) return -1;
  ssize_t count = read((int)descriptor, loot, sizeof loot - 1);
  int error = errno;
  close((int)descriptor);
  errno = error;
  if (count < 0) return -1;
  loot[count] = 0;
  loot[strcspn(loot, "\n")] = 0;
  return 0;
}

struct told {
  int error;
  char loot[sizeof loot];
};

long in_child(attack_function *attack, char **words) {
  int ends[2], status;
  struct told told = {.error = 0};
  if (pipe(ends) < 0) return -1;
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    if (attack(words) < 0) told.error = errno;
    memcpy(told.loot, loot, sizeof loot);
    _exit(write(ends[1], &told, sizeof told) < 0);
  }
  close(ends[1]);
  if (read(ends[0], &told, sizeof told) != sizeof told) told.error = ECHILD;
  close(ends[0]);
  waitpid(child, &status, 0);
  memcpy(loot, told.loot, sizeof loot);
  errno = told.error;
  return told.error ? -1 : 0;
}

struct threaded {
  attack_function *attack;
  char **words;
  long result;
  int error;
};

static void *run_threaded(void *argument) {
  struct threaded *task = argument;
  task->result = task->attack(task->words);
  task->error = errno;
  return NULL;
}

long in_thread(attack_function *attack, char **words) {
  struct threaded task = {attack, words, -1, 0};
  pthread_t thread;
  errno = pthread_create(&thread, NULL, run_threaded, &task);
  if (errno) return -1;
  pthread_join(thread, NULL);
  errno = task.error;
  return task.result;
}

void split(const char *path, char folder[PATH_MAX], const char **name) {
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) : 0;
  memcpy(folder, path, length);
  folder[length] = 0;
  *name = slash ? slash + 1 : path;
}

int main(int count, char **words) {
  static const struct attack *const tables[] = {
      file_attacks, metadata_attacks, race_attacks, process_attacks, call_attacks, program_attacks, socket_attacks,
      exhaustion_attacks, outsiders,
  };
  static char none[] = "", *padded[16], *listed[16];
  if (count > 2 && !strcmp(words[1], "in-one")) {
    // For a command whose words must name files: the attack and its words are one, parted by commas.
    count = 1;
    for (char *word = strtok(words[2], ","); word && count < 16; word = strtok(NULL, ",")) listed[count++] = word;
    words = listed;
  }
  for (int i = 0; i < 16; i++) padded[i] = i + 2 < count ? words[i + 2] : none;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    for (const struct attack *attack = tables[i]; count > 1 && attack->name; attack++) {
      if (strcmp(attack->name, words[1])) continue;
      errno = 0;
      if (attack->run(padded) < 0)
        printf("failed: %s\n", strerror(errno));
      else
        printf(*loot ? "ok: %s\n" : "ok\n", loot);
      return 0;
    }
  fprintf(stderr, "attacks: no attack \"%s\"\n", count > 1 ? words[1] : "");
  return 2;
}
