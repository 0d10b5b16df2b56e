// What rows of the PHY table (phy_models.cc) name. All with the errors of MdioBus.
#pragma once

#include "drivers/phy/phy_models.h"

namespace drivers {

// Speed and duplex of a link that is up; kUnavailable: not settled yet.
base::Result<base::LinkMode> ReadLan87xx(Phy& phy);
base::Result<base::LinkMode> ReadKsz8081(Phy& phy);
base::Result<base::LinkMode> ReadDp83848(Phy& phy);
base::Result<base::LinkMode> ReadIp101g(Phy& phy);
base::Result<base::LinkMode> ReadDm9161(Phy& phy);
base::Result<base::LinkMode> ReadEnc28j60(Phy& phy);

// Energy detect power-down makes links flap with partners that save energy themselves.
base::Status KeepReceiverPowered(Phy& phy);
// The same, and no answer at the broadcast address.
base::Status ConfigureKsz8081(Phy& phy);

base::Status SetKsz8081FarLoopback(Phy& phy, bool on);
base::Status SetLan87xxFarLoopback(Phy& phy, bool on);

extern const PhyInterrupts kLan87xxInterrupts;
extern const PhyInterrupts kKsz8081Interrupts;
extern const PhyInterrupts kDp83848Interrupts;
extern const PhyInterrupts kRtl8201fInterrupts;
extern const PhyInterrupts kIp101gInterrupts;
extern const PhyInterrupts kDm9161Interrupts;
extern const PhyInterrupts kEnc28j60Interrupts;

extern const PhyCableTest kKsz8081CableTest;
extern const PhyCableTest kLan8742CableTest;

}  // namespace drivers
