// Makes one kind of call over and over and prints the nanoseconds of a turn.
// usage: bench-loop open|stat PATH TURNS
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count != 4) return 64;
  int opens = strcmp(words[1], "open") == 0;
  const char *path = words[2];
  long turns = atol(words[3]);
  struct timespec began, ended;
  struct stat status;
  clock_gettime(CLOCK_MONOTONIC, &began);
  for (long turn = 0; turn < turns; turn++) {
    if (opens) {
      int fd = open(path, O_RDONLY | O_CLOEXEC);
      if (fd < 0 || close(fd) < 0) return 1;
    } else if (stat(path, &status) < 0)
      return 1;
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  printf("%.1f\n", ((ended.tv_sec - began.tv_sec) * 1e9 + (ended.tv_nsec - began.tv_nsec)) / turns);
  return 0;
}
