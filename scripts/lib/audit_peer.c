// The peer of audit-benchmark: the same record by libaudit alone, sent and acknowledged. Prints the microseconds of each.
// usage: audit-peer COUNT
#include <libaudit.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char text[] =
    "op=keyhole:peer call=b986fb6560aa499c acct=\"bench\" key=\"SHA256:bench\" policy=3f9c1a7be0d24456 verdict=refused "
    "rule=\"journalctl:grep\" cmd=6A6F75726E616C63746C202D75206E67696E78202D6E203530207C206772657020276E6F7420666F756E6427 "
    "info=\"measured\" seq=100000 chain=51a02dc5e505165299cfaddb9e0fcf26";

int main(int count, char **words) {
  if (count != 2) return 64;
  int kernel = audit_open();
  if (kernel < 0) return 1;
  for (long turn = atol(words[1]); turn > 0; turn--) {
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    if (audit_log_user_message(kernel, AUDIT_USER_CMD, text, NULL, "?", "ssh", 0) <= 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.2f\n", (ended.tv_sec - began.tv_sec) * 1e6 + (ended.tv_nsec - began.tv_nsec) / 1e3);
  }
  return 0;
}
