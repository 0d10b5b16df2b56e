#include "tests/support/mutation/condition.h"

namespace mutation {

Mutant active;
uint8_t* reached = nullptr;

}  // namespace mutation
