// The agent's main loop.
#include "agent/app.h"
#include "agent/board.h"

int main() {
  agent::App& app = agent::StartBoard();
  for (;;) {
    const base::Instant now = agent::Now();
    const base::Instant next = app.Poll(now);
    if (app.restart_due(now)) {
      agent::RestartBoard();
    }
    // Also when there is more to do: a board without interrupts looks at its wires there.
    agent::SleepUntil(next);
  }
}
