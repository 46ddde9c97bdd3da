// Says so when it is loaded, as a preloaded or an auditing library.
#include <unistd.h>
__attribute__((constructor)) static void loaded(void) { if (write(1, "loaded\n", 7) < 0) return; }
unsigned la_version(unsigned version) { return version; }
