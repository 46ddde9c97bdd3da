#include "keyhole.h"
