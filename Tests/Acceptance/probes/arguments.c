// Prints its argument vector, each in hexadecimal on a line of its own: what really ran, byte for byte.
#include <stdio.h>

int main(int count, char **words) {
  for (int index = 0; index < count; index++) {
    for (unsigned char *byte = (unsigned char *)words[index]; *byte; byte++) printf("%02x", *byte);
    putchar('\n');
  }
  return 0;
}
