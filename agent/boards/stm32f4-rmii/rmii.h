// The wires between MAC and PHY.
#pragma once

namespace agent::stm32f4 {

// Chooses RMII, connects its pins and starts the clocks of the MAC. Then the MAC may be accessed;
// it leaves its reset once the PHY, or an oscillator, drives REF_CLK.
void ConnectRmii();

}  // namespace agent::stm32f4
