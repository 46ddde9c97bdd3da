// One attack: what it tries is in its name. Run as `attacks NAME WORD...`; prints "ok", "ok: WHAT IT GOT" or "failed: ERROR".
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Takes the words after the name, then empty ones. Returns a negative number and sets errno when it did not work.
typedef long attack_function(char **words);

struct attack {
  const char *name;
  attack_function *run;
};

// Each ends with an entry without a name.
extern const struct attack file_attacks[], metadata_attacks[], race_attacks[], process_attacks[], call_attacks[],
    program_attacks[], socket_attacks[], exhaustion_attacks[], outsiders[];

// What an attack that worked got hold of, for the test to look at.
extern char loot[512];

// Reads the first line of a file into the loot and closes it. Passes an earlier failure on.
long take(long descriptor);
// Runs an attack in a child and says whether that worked there: for what may end the process.
long in_child(attack_function *attack, char **words);
// Runs an attack in a second thread of this process.
long in_thread(attack_function *attack, char **words);
// A path as a folder and a name in it.
void split(const char *path, char folder[PATH_MAX], const char **name);
