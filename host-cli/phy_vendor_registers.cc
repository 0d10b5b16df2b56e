// Names of the registers that vendors added to clause 22, from the datasheets of their PHYs.
#include <algorithm>

#include "host-cli/phy_registers.h"

namespace netctl {
namespace {

// clang-format off
// Microchip (SMSC) LAN87xx and the PHY inside LAN911x.
constexpr PhyField kMcsr[] = {
    {13, 13, "edpwrdown", "energy detect power-down enabled"},
    {9, 9, "farloopback", "far-end loopback"},
    {6, 6, "altint", "alternative interrupt mode"},
    {1, 1, "energyon", "energy on the line"},
};
constexpr PhyField kSmr[] = {{7, 5, "mode", "7 all capable, 6 power-down"}, {4, 0, "phyad", "address strap"}};
constexpr PhyField kScsir[] = {
    {15, 15, "amdixctrl", "auto-MDIX off"},
    {13, 13, "ch_select", "MDI|MDIX"},
    {4, 4, "xpol", "10BASE-T polarity reversed"},
};
constexpr PhyField kLanInterrupts[] = {
    {7, 7, "energyon", "energy came"},
    {6, 6, "an_complete", "negotiation complete"},
    {5, 5, "remote_fault", "remote fault"},
    {4, 4, "link_down", "link lost"},
    {3, 3, "an_lp_ack", "partner acknowledged"},
    {2, 2, "parallel_fault", "parallel detection fault"},
    {1, 1, "page_received", "page received"},
};
constexpr PhyField kPscsr[] = {
    {12, 12, "autodone", "negotiation done"},
    {4, 2, "speed_indication", "0|10 half|100 half|3|4|10 full|100 full|7"},
};
constexpr PhyField kTdrPattern[] = {
    {15, 15, "delay_in", "line break time"}, {14, 12, "line_break_counter", "units of 256 ms"},
    {11, 6, "pattern_high", ""}, {5, 0, "pattern_low", ""},
};
constexpr PhyField kTdrControl[] = {
    {15, 15, "enable", "measures"},
    {14, 14, "filter", "analog to digital filter on"},
    {10, 9, "cable_type", "default|short|open|match"},
    {8, 8, "done", "measured"},
    {7, 0, "length", "about 0.77 m each"},
};
constexpr PhyField kCableLength[] = {{15, 12, "length", "of a good cable, by its attenuation"}};
constexpr PhyRegisterName kLan8742[] = {
    {17, "MCSR", "mode control and status", kMcsr},
    {18, "SMR", "special modes", kSmr},
    {24, "TDRPD", "TDR patterns and delay", kTdrPattern},
    {25, "TDRCS", "TDR control and status", kTdrControl},
    {26, "SECR", "symbol error counter", {}},
    {27, "SCSIR", "special control and status indication", kScsir},
    {28, "CBLN", "cable length", kCableLength},
    {29, "ISR", "interrupt source", kLanInterrupts},
    {30, "IMR", "interrupt mask", kLanInterrupts},
    {31, "PSCSR", "PHY special control and status", kPscsr},
};
constexpr PhyRegisterName kLan87xx[] = {
    {17, "MCSR", "mode control and status", kMcsr},
    {18, "SMR", "special modes", kSmr},
    {26, "SECR", "symbol error counter", {}},
    {27, "SCSIR", "special control and status indication", kScsir},
    {29, "ISR", "interrupt source", kLanInterrupts},
    {30, "IMR", "interrupt mask", kLanInterrupts},
    {31, "PSCSR", "PHY special control and status", kPscsr},
};

// Micrel KSZ8081/8091.
constexpr PhyField kKszReserved[] = {{4, 4, "pll_off", "PLL off in energy detect power-down"}};
constexpr PhyField kOmso[] = {
    {9, 9, "b_cast_off", "does not answer address 0"},
    {7, 7, "mii_b2b", "MII back-to-back"},
    {6, 6, "rmii_b2b", "RMII back-to-back"},
    {5, 5, "nand_tree", "NAND tree mode"},
    {1, 1, "rmii", "RMII mode"},
    {0, 0, "mii", "MII mode"},
};
constexpr PhyField kOmss[] = {
    {15, 13, "phyad", "address strap"},
    {9, 9, "b_cast_off", "strapped not to answer address 0"},
    {7, 7, "mii_b2b", "strapped to MII back-to-back"},
    {6, 6, "rmii_b2b", "strapped to RMII back-to-back"},
    {5, 5, "nand_tree", "NAND tree mode"},
    {1, 1, "rmii", "RMII mode"},
    {0, 0, "mii", "MII mode"},
};
constexpr PhyField kKszExpanded[] = {
    {11, 11, "edpd_disabled", "no energy detect power-down"},
    {10, 10, "latency", "fixed|random"},
    {6, 6, "preamble", "10BASE-T preamble restored"},
};
constexpr PhyField kKszInterrupts[] = {
    {15, 15, "jabber_enable", "enabled"},         {14, 14, "receive_error_enable", "enabled"},
    {13, 13, "page_received_enable", "enabled"},  {12, 12, "parallel_fault_enable", "enabled"},
    {11, 11, "partner_ack_enable", "enabled"},    {10, 10, "link_down_enable", "enabled"},
    {9, 9, "remote_fault_enable", "enabled"},     {8, 8, "link_up_enable", "enabled"},
    {7, 7, "jabber", "happened"},                 {6, 6, "receive_error", "happened"},
    {5, 5, "page_received", "happened"},          {4, 4, "parallel_fault", "happened"},
    {3, 3, "partner_ack", "happened"},            {2, 2, "link_down", "happened"},
    {1, 1, "remote_fault", "happened"},           {0, 0, "link_up", "happened"},
};
constexpr PhyField kLinkMd[] = {
    {15, 15, "start", "cable test runs"},
    {14, 13, "result", "normal|open|short|failed"},
    {12, 12, "short_cable", "below 10 m"},
    {8, 0, "fault_count", "about 0.38 m each"},
};
constexpr PhyField kPhyCon1[] = {
    {9, 9, "pause", "flow control"},
    {8, 8, "link", "link up"},
    {7, 7, "polarity", "reversed"},
    {5, 5, "mdix", "MDI-X|MDI"},
    {4, 4, "energy", "signal on the line"},
    {3, 3, "isolate", "isolated"},
    {2, 0, "mode", "negotiating|10 half|100 half|3|4|10 full|100 full|7"},
};
constexpr PhyField kPhyCon2[] = {
    {15, 15, "hp_mdix", "HP auto-MDIX"},
    {14, 14, "mdi_select", "MDI|MDI-X"},
    {13, 13, "pair_swap_disable", "no auto-MDIX"},
    {11, 11, "force_link", "link forced"},
    {10, 10, "power_saving", "on"},
    {9, 9, "interrupt_level", "active low|active high"},
    {8, 8, "jabber", "jabber counter enabled"},
    {7, 7, "rmii_ref_clk_sel", "meaning depends on the ordering code"},
    {3, 3, "tx_disable", "transmitter off"},
    {2, 2, "remote_loopback", "far-end loopback"},
    {0, 0, "no_scrambler", "data not scrambled"},
};
constexpr PhyRegisterName kKsz8081[] = {
    {0x10, "DRCTRL", "digital reserved control", kKszReserved},
    {0x15, "RXERC", "receive error counter", {}},
    {0x16, "OMSO", "operation mode strap override", kOmso},
    {0x17, "OMSS", "operation mode strap status", kOmss},
    {0x18, "EXCTRL", "expanded control", kKszExpanded},
    {0x1b, "ICS", "interrupt control and status", kKszInterrupts},
    {0x1d, "LINKMD", "cable diagnostics", kLinkMd},
    {0x1e, "PHYCON1", "PHY control 1", kPhyCon1},
    {0x1f, "PHYCON2", "PHY control 2", kPhyCon2},
};

// National/TI DP83848.
constexpr PhyField kPhysts[] = {
    {14, 14, "mdix", "MDIX"},
    {13, 13, "rx_error_latch", "receive errors since the last read"},
    {12, 12, "polarity", "reversed"},
    {11, 11, "false_carrier_latch", "false carriers since the last read"},
    {10, 10, "signal_detect", "signal"},
    {9, 9, "descrambler_lock", "locked"},
    {8, 8, "page_received", "page received"},
    {6, 6, "remote_fault", "remote fault"},
    {5, 5, "jabber", "jabber"},
    {4, 4, "an_complete", "negotiation complete"},
    {3, 3, "loopback", "loopback"},
    {2, 2, "duplex", "half|full"},
    {1, 1, "speed", "100|10 Mbit/s"},
    {0, 0, "link", "link up"},
};
constexpr PhyField kMicr[] = {
    {2, 2, "tint", "test interrupt"}, {1, 1, "inten", "interrupts enabled"}, {0, 0, "int_oe", "pin is the interrupt's"}};
constexpr PhyField kMisr[] = {
    {14, 14, "energy", "happened"},             {13, 13, "link", "happened"},
    {12, 12, "speed", "happened"},              {11, 11, "duplex", "happened"},
    {10, 10, "an_complete", "happened"},        {9, 9, "false_carrier_half", "happened"},
    {8, 8, "receive_error_half", "happened"},   {6, 6, "energy_enable", "enabled"},
    {5, 5, "link_enable", "enabled"},           {4, 4, "speed_enable", "enabled"},
    {3, 3, "duplex_enable", "enabled"},         {2, 2, "an_complete_enable", "enabled"},
    {1, 1, "false_carrier_enable", "enabled"},  {0, 0, "receive_error_enable", "enabled"},
};
constexpr PhyField kPcsr[] = {
    {10, 10, "tq_en", "true quiet mode"}, {9, 9, "sd_force_pma", "signal detect forced"},
    {8, 8, "sd_option", "signal detect option"}, {7, 7, "desc_time", "descrambler timeout 2 ms"},
    {5, 5, "force_100_ok", "100 Mbit/s link forced"}, {2, 2, "nrzi_bypass", "NRZI off"},
};
constexpr PhyField kCdctrl1[] = {
    {15, 8, "bist_error_count", "errors of the self-test"},
    {5, 5, "bist_continuous", "self-test repeats"},
    {4, 4, "cdpatten_10", "10 Mbit/s pattern"},
    {1, 0, "cdpattsel", "pattern"},
};
constexpr PhyField kRbr[] = {
    {5, 5, "rmii_mode", "RMII"},
    {4, 4, "rmii_rev1_0", "RMII revision 1.0"},
    {3, 3, "rx_overflow", "elasticity buffer overflow"},
    {2, 2, "rx_underflow", "elasticity buffer underflow"},
    {1, 0, "elasticity", "buffer depth"},
};
constexpr PhyField kPhycr[] = {
    {15, 15, "mdix_enable", "auto-MDIX"},
    {14, 14, "force_mdix", "MDIX forced"},
    {13, 13, "pause_rx", "pause agreed on"},
    {12, 12, "pause_tx", "pause agreed on"},
    {11, 11, "bist_force_error", "error forced"},
    {10, 10, "psr_15", "PRBS9|PRBS15"},
    {9, 9, "bist_status", "passed"},
    {8, 8, "bist_start", "runs"},
    {4, 0, "phyad", "address"},
};
constexpr PhyRegisterName kDp83848[] = {
    {0x10, "PHYSTS", "PHY status", kPhysts},
    {0x11, "MICR", "interrupt control", kMicr},
    {0x12, "MISR", "interrupt status", kMisr},
    {0x14, "FCSCR", "false carrier counter", {}},
    {0x15, "RECR", "receive error counter", {}},
    {0x16, "PCSR", "PCS configuration and status", kPcsr},
    {0x17, "RBR", "RMII and bypass", kRbr},
    {0x19, "PHYCR", "PHY control", kPhycr},
    {0x1b, "CDCTRL1", "test control and BIST", kCdctrl1},
};

// IC Plus IP101.
constexpr PhyField kPhysmr[] = {
    {14, 14, "speed", "10|100 Mbit/s"}, {13, 13, "duplex", "half|full"}, {11, 11, "an_complete", "complete"},
    {10, 10, "link", "link up"},        {9, 9, "mdix", "MDIX"},          {8, 8, "polarity", "reversed"},
    {7, 7, "jabber", "jabber"},
};
constexpr PhyField kPhyscr[] = {
    {13, 13, "rmii_v10", "RMII 1.0"}, {11, 11, "mdix_off", "no auto-MDIX"}, {1, 1, "aps_on", "automatic power saving"},
};
constexpr PhyField kIpInterrupts[] = {
    {15, 15, "pin_used", "INTR pin used"}, {11, 11, "all_mask", "masked"},
    {10, 10, "speed_mask", "masked"},      {9, 9, "duplex_mask", "masked"},
    {8, 8, "link_mask", "masked"},         {2, 2, "speed_change", "happened"},
    {1, 1, "duplex_change", "happened"},   {0, 0, "link_change", "happened"},
};
constexpr PhyField kPhymc[] = {
    {8, 8, "link", "link up"}, {3, 3, "force_mdix", "MDIX forced"},
    {2, 0, "mode", "negotiating|10 half|100 half|3|4|10 full|100 full|7"},
};
constexpr PhyRegisterName kIp101[] = {
    {0x10, "PHYSCR", "PHY specific control", kPhyscr},
    {0x11, "ISR", "interrupt control and status", kIpInterrupts},
    {0x12, "PHYSMR", "PHY status monitoring", kPhysmr},
    {0x1e, "PHYMC", "PHY MDI/MDIX control and status", kPhymc},
};

// Davicom DM9161 and the PHY inside DM9000.
constexpr PhyField kDscsr[] = {
    {15, 15, "100_full", "100 full"}, {14, 14, "100_half", "100 half"}, {13, 13, "10_full", "10 full"},
    {12, 12, "10_half", "10 half"},   {8, 4, "phyad", "address"},       {3, 0, "an_monitor", "negotiation state"},
};
constexpr PhyField kDscr[] = {
    {15, 15, "bypass_4b5b", "bypassed"}, {14, 14, "bypass_scrambler", "bypassed"},
    {13, 13, "bypass_align", "bypassed"}, {10, 10, "tx_fx", "FX|TX"}, {8, 8, "rmii", "RMII"},
    {7, 7, "force_100_link", "link forced"}, {4, 4, "rpdctr_en", "reduced power down"},
    {3, 3, "state_machine_reset", "resets"}, {2, 2, "preamble_suppression", "on"},
    {1, 1, "sleep", "sleeps"}, {0, 0, "remote_loopback", "far-end loopback"},
};
constexpr PhyField kTenBtcsr[] = {
    {14, 14, "lp_enable", "link pulses"}, {13, 13, "heartbeat", "enabled"}, {12, 12, "squelch", "low|normal"},
    {11, 11, "jabber_enable", "enabled"}, {0, 0, "polarity", "reversed"},
};
constexpr PhyField kMdintr[] = {
    {15, 15, "pending", "pending"},       {11, 11, "duplex_mask", "masked"},
    {10, 10, "speed_mask", "masked"},     {9, 9, "link_mask", "masked"},
    {8, 8, "all_mask", "masked"},         {4, 4, "duplex_change", "happened"},
    {3, 3, "speed_change", "happened"},   {2, 2, "link_change", "happened"},
    {0, 0, "status", "happened"},
};
constexpr PhyRegisterName kDavicom[] = {
    {16, "DSCR", "specified configuration", kDscr},
    {17, "DSCSR", "specified configuration and status", kDscsr},
    {18, "10BTCSR", "10BASE-T configuration and status", kTenBtcsr},
    {21, "MDINTR", "interrupts", kMdintr},
};

// Realtek RTL8201F.
constexpr PhyField kIisdr[] = {
    {15, 15, "an_error", "negotiation error"}, {14, 14, "speed_change", "changed"},
    {13, 13, "duplex_change", "changed"},      {11, 11, "link_change", "changed"},
    {3, 0, "snr", "signal to noise ratio"},
};
constexpr PhyField kRtlPage[] = {{7, 0, "page", "registers 16 to 30 are those of this page"}};
constexpr PhyRegisterName kRtl8201[] = {
    {0x1e, "IISDR", "interrupt indicators and SNR", kIisdr},
    {0x1f, "PAGE", "page select", kRtlPage},
};

// Microchip ENC28J60.
constexpr PhyField kPhstat2[] = {
    {13, 13, "txstat", "transmits"}, {12, 12, "rxstat", "receives"}, {11, 11, "colstat", "collision"},
    {10, 10, "lstat", "link up"},    {9, 9, "dpxstat", "half|full"}, {5, 5, "plrity", "reversed"},
};
constexpr PhyField kPhcon2[] = {
    {14, 14, "frclnk", "link forced"}, {13, 13, "txdis", "transmitter off"},
    {10, 10, "jabber", "no jabber correction"}, {8, 8, "hdldis", "no half duplex loopback"},
};
constexpr PhyField kPhie[] = {{4, 4, "plnkie", "link changes enabled"}, {1, 1, "pgeie", "interrupts enabled"}};
constexpr PhyField kPhir[] = {{4, 4, "plnkif", "link changed"}, {2, 2, "pgif", "any interrupt"}};
constexpr PhyField kPhlcon[] = {
    {11, 8, "lacfg", "LED A"}, {7, 4, "lbcfg", "LED B"}, {3, 2, "lfrq", "40 ms|73 ms|139 ms|3"}, {1, 1, "strch", "stretched"},
};
constexpr PhyRegisterName kEnc28j60[] = {
    {0x10, "PHCON2", "PHY control 2", kPhcon2},
    {0x11, "PHSTAT2", "physical layer status 2", kPhstat2},
    {0x12, "PHIE", "PHY interrupt enable", kPhie},
    {0x13, "PHIR", "PHY interrupt request", kPhir},
    {0x14, "PHLCON", "PHY LED control", kPhlcon},
};

constexpr PhyVendor kVendors[] = {
    {0x0007c130, 0xfffffff0, "LAN8742", kLan8742},
    {0x0007c000, 0xfffff000, "LAN87xx", kLan87xx},
    {0x00221560, 0xfffffff0, "KSZ8081", kKsz8081},
    {0x20005c90, 0xfffffff0, "DP83848", kDp83848},
    {0x20005ca0, 0xfffffff0, "DP83848", kDp83848},
    {0x02430c50, 0xfffffff0, "IP101", kIp101},
    {0x0181b800, 0xfffffc00, "DM9161", kDavicom},
    {0x001cc810, 0xfffffff0, "RTL8201F", kRtl8201},
    {0x00831400, 0xfffffff0, "ENC28J60", kEnc28j60},
};
// clang-format on

}  // namespace

const PhyVendor* FindPhyVendor(uint32_t id) {
  const auto found =
      std::ranges::find_if(kVendors, [id](const PhyVendor& v) { return (id & v.mask) == v.id; });
  return found == std::end(kVendors) ? nullptr : &*found;
}

}  // namespace netctl
