// All counters of all layers, as plain structs. A counter's name is the reason of the drop or the
// event that it counts.
#pragma once

#include <cstdint>

#include "stack/base/fields.h"
#include "stack/tcp/info.h"  // part of the vocabulary that the host shares

namespace stack {

struct LinkLayerStats {
  uint32_t rx_runt = 0;          // shorter than an Ethernet header
  uint32_t rx_not_for_us = 0;    // unicast to another station
  uint32_t rx_source_group = 0;  // source address with the group bit, or zero
  uint32_t rx_own_source = 0;    // our own frame came back
  uint32_t rx_unknown_ethertype = 0;
  uint32_t rx_length_field = 0;  // IEEE 802.3 length instead of an EtherType
  uint32_t tx_no_buffer = 0;
  uint32_t tx_driver_refused = 0;  // link down or a frame too long; the MAC's counters say which
  uint32_t tx_queue_full = 0;      // neither the MAC nor the queue in front of it had room
  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_runt", &LinkLayerStats::rx_runt},
                      base::Field{"rx_not_for_us", &LinkLayerStats::rx_not_for_us},
                      base::Field{"rx_source_group", &LinkLayerStats::rx_source_group},
                      base::Field{"rx_own_source", &LinkLayerStats::rx_own_source},
                      base::Field{"rx_unknown_ethertype", &LinkLayerStats::rx_unknown_ethertype},
                      base::Field{"rx_length_field", &LinkLayerStats::rx_length_field},
                      base::Field{"tx_no_buffer", &LinkLayerStats::tx_no_buffer},
                      base::Field{"tx_driver_refused", &LinkLayerStats::tx_driver_refused},
                      base::Field{"tx_queue_full", &LinkLayerStats::tx_queue_full}};
};

struct ArpStats {
  uint32_t rx_requests = 0;
  uint32_t rx_replies = 0;
  uint32_t rx_malformed = 0;    // short, or not Ethernet and IPv4
  uint32_t rx_bad_sender = 0;   // sender address that cannot be a host
  uint32_t rx_unsolicited = 0;  // reply that nobody asked for
  uint32_t rx_mac_changed = 0;  // a known neighbour seems to have moved; it is asked first
  uint32_t rx_conflict = 0;     // somebody else uses our address (RFC 5227)
  uint32_t tx_requests = 0;
  uint32_t tx_replies = 0;
  uint32_t tx_announcements = 0;
  uint32_t queue_replaced = 0;  // a packet that waited made room for a newer one
  uint32_t unresolved = 0;      // packets dropped because nobody answered
  uint32_t evicted = 0;         // entries that made room for others
  uint32_t table_full = 0;      // no entry could make room
  uint32_t tx_no_buffer = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_requests", &ArpStats::rx_requests},
                      base::Field{"rx_replies", &ArpStats::rx_replies},
                      base::Field{"rx_malformed", &ArpStats::rx_malformed},
                      base::Field{"rx_bad_sender", &ArpStats::rx_bad_sender},
                      base::Field{"rx_unsolicited", &ArpStats::rx_unsolicited},
                      base::Field{"rx_mac_changed", &ArpStats::rx_mac_changed},
                      base::Field{"rx_conflict", &ArpStats::rx_conflict},
                      base::Field{"tx_requests", &ArpStats::tx_requests},
                      base::Field{"tx_replies", &ArpStats::tx_replies},
                      base::Field{"tx_announcements", &ArpStats::tx_announcements},
                      base::Field{"queue_replaced", &ArpStats::queue_replaced},
                      base::Field{"unresolved", &ArpStats::unresolved},
                      base::Field{"evicted", &ArpStats::evicted},
                      base::Field{"table_full", &ArpStats::table_full},
                      base::Field{"tx_no_buffer", &ArpStats::tx_no_buffer}};
};

struct Ipv4Stats {
  uint32_t rx_packets = 0;
  uint32_t rx_too_short = 0;
  uint32_t rx_bad_version = 0;
  uint32_t rx_bad_header_length = 0;
  uint32_t rx_bad_total_length = 0;
  uint32_t rx_bad_checksum = 0;
  uint32_t rx_bad_source = 0;  // an address that no host may send from (RFC 1122 3.2.1.3)
  uint32_t rx_not_for_us = 0;
  uint32_t rx_link_broadcast = 0;  // for one host, in a frame for many (RFC 1122 3.3.6)
  uint32_t rx_source_routed = 0;
  uint32_t rx_bad_option = 0;
  uint32_t rx_unknown_protocol = 0;
  uint32_t rx_delivered = 0;
  uint32_t rx_fragments = 0;
  uint32_t tx_packets = 0;
  uint32_t tx_no_route = 0;
  uint32_t tx_no_buffer = 0;
  uint32_t tx_too_big = 0;  // more than 65535 bytes, or DF set and larger than the MTU
  uint32_t tx_fragments = 0;
  uint32_t tx_fragmented = 0;
  uint32_t reassembled = 0;
  uint32_t reassembly_timeout = 0;
  uint32_t reassembly_overlap = 0;
  uint32_t reassembly_too_big = 0;
  uint32_t reassembly_bad_fragment = 0;  // length not a multiple of 8, or empty
  uint32_t reassembly_bad_end = 0;       // two last fragments that disagree
  uint32_t reassembly_full = 0;          // the limit of datagrams, fragments or bytes was reached
  uint32_t reassembly_duplicate = 0;     // exact copies, ignored
  uint32_t reassembly_no_buffer = 0;     // for the front of a datagram in tiny pieces
  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_packets", &Ipv4Stats::rx_packets},
                      base::Field{"rx_too_short", &Ipv4Stats::rx_too_short},
                      base::Field{"rx_bad_version", &Ipv4Stats::rx_bad_version},
                      base::Field{"rx_bad_header_length", &Ipv4Stats::rx_bad_header_length},
                      base::Field{"rx_bad_total_length", &Ipv4Stats::rx_bad_total_length},
                      base::Field{"rx_bad_checksum", &Ipv4Stats::rx_bad_checksum},
                      base::Field{"rx_bad_source", &Ipv4Stats::rx_bad_source},
                      base::Field{"rx_not_for_us", &Ipv4Stats::rx_not_for_us},
                      base::Field{"rx_link_broadcast", &Ipv4Stats::rx_link_broadcast},
                      base::Field{"rx_source_routed", &Ipv4Stats::rx_source_routed},
                      base::Field{"rx_bad_option", &Ipv4Stats::rx_bad_option},
                      base::Field{"rx_unknown_protocol", &Ipv4Stats::rx_unknown_protocol},
                      base::Field{"rx_delivered", &Ipv4Stats::rx_delivered},
                      base::Field{"rx_fragments", &Ipv4Stats::rx_fragments},
                      base::Field{"tx_packets", &Ipv4Stats::tx_packets},
                      base::Field{"tx_no_route", &Ipv4Stats::tx_no_route},
                      base::Field{"tx_no_buffer", &Ipv4Stats::tx_no_buffer},
                      base::Field{"tx_too_big", &Ipv4Stats::tx_too_big},
                      base::Field{"tx_fragments", &Ipv4Stats::tx_fragments},
                      base::Field{"tx_fragmented", &Ipv4Stats::tx_fragmented},
                      base::Field{"reassembled", &Ipv4Stats::reassembled},
                      base::Field{"reassembly_timeout", &Ipv4Stats::reassembly_timeout},
                      base::Field{"reassembly_overlap", &Ipv4Stats::reassembly_overlap},
                      base::Field{"reassembly_too_big", &Ipv4Stats::reassembly_too_big},
                      base::Field{"reassembly_bad_fragment", &Ipv4Stats::reassembly_bad_fragment},
                      base::Field{"reassembly_bad_end", &Ipv4Stats::reassembly_bad_end},
                      base::Field{"reassembly_full", &Ipv4Stats::reassembly_full},
                      base::Field{"reassembly_duplicate", &Ipv4Stats::reassembly_duplicate},
                      base::Field{"reassembly_no_buffer", &Ipv4Stats::reassembly_no_buffer}};
};

struct IcmpStats {
  uint32_t rx_echo_requests = 0;
  uint32_t rx_echo_replies = 0;
  uint32_t rx_unreachable = 0;
  uint32_t rx_time_exceeded = 0;
  uint32_t rx_ignored_type = 0;  // a type that a host need not act on
  uint32_t rx_too_short = 0;
  uint32_t rx_bad_checksum = 0;
  uint32_t rx_bad_quote = 0;       // error about a packet that we cannot have sent
  uint32_t rx_echo_broadcast = 0;  // echo request to a group address, not answered
  uint32_t rx_echo_unmatched = 0;  // echo reply that nobody waits for
  uint32_t rx_echo_queue_full = 0;
  uint32_t tx_echo_requests = 0;
  uint32_t tx_echo_replies = 0;
  uint32_t tx_unreachable = 0;
  uint32_t tx_time_exceeded = 0;
  uint32_t tx_rate_limited = 0;  // errors not sent because of the limit
  uint32_t tx_no_buffer = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_echo_requests", &IcmpStats::rx_echo_requests},
                      base::Field{"rx_echo_replies", &IcmpStats::rx_echo_replies},
                      base::Field{"rx_unreachable", &IcmpStats::rx_unreachable},
                      base::Field{"rx_time_exceeded", &IcmpStats::rx_time_exceeded},
                      base::Field{"rx_ignored_type", &IcmpStats::rx_ignored_type},
                      base::Field{"rx_too_short", &IcmpStats::rx_too_short},
                      base::Field{"rx_bad_checksum", &IcmpStats::rx_bad_checksum},
                      base::Field{"rx_bad_quote", &IcmpStats::rx_bad_quote},
                      base::Field{"rx_echo_broadcast", &IcmpStats::rx_echo_broadcast},
                      base::Field{"rx_echo_unmatched", &IcmpStats::rx_echo_unmatched},
                      base::Field{"rx_echo_queue_full", &IcmpStats::rx_echo_queue_full},
                      base::Field{"tx_echo_requests", &IcmpStats::tx_echo_requests},
                      base::Field{"tx_echo_replies", &IcmpStats::tx_echo_replies},
                      base::Field{"tx_unreachable", &IcmpStats::tx_unreachable},
                      base::Field{"tx_time_exceeded", &IcmpStats::tx_time_exceeded},
                      base::Field{"tx_rate_limited", &IcmpStats::tx_rate_limited},
                      base::Field{"tx_no_buffer", &IcmpStats::tx_no_buffer}};
};

struct UdpStats {
  uint32_t rx_datagrams = 0;
  uint32_t rx_bad_length = 0;
  uint32_t rx_bad_checksum = 0;
  uint32_t rx_bad_port = 0;  // source port 0 where a reply would be due, or destination port 0
  uint32_t rx_no_socket = 0;
  uint32_t rx_queue_full = 0;
  uint32_t tx_datagrams = 0;
  uint32_t tx_no_buffer = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_datagrams", &UdpStats::rx_datagrams},
                      base::Field{"rx_bad_length", &UdpStats::rx_bad_length},
                      base::Field{"rx_bad_checksum", &UdpStats::rx_bad_checksum},
                      base::Field{"rx_bad_port", &UdpStats::rx_bad_port},
                      base::Field{"rx_no_socket", &UdpStats::rx_no_socket},
                      base::Field{"rx_queue_full", &UdpStats::rx_queue_full},
                      base::Field{"tx_datagrams", &UdpStats::tx_datagrams},
                      base::Field{"tx_no_buffer", &UdpStats::tx_no_buffer}};
};

struct TcpStats {
  uint32_t active_opens = 0;
  uint32_t passive_opens = 0;
  uint32_t established = 0;
  uint32_t rx_segments = 0;
  uint64_t rx_octets = 0;      // payload taken in order
  uint32_t rx_bad_header = 0;  // data offset below 5 or beyond the segment
  uint32_t rx_bad_checksum = 0;
  uint32_t rx_bad_address = 0;  // to or from a group or broadcast address
  uint32_t rx_bad_flags = 0;    // flag combinations that no TCP sends
  uint32_t rx_no_socket = 0;
  uint32_t rx_out_of_window = 0;
  uint32_t rx_duplicate = 0;          // nothing new in it
  uint32_t rx_out_of_order = 0;       // kept for later
  uint32_t rx_out_of_order_full = 0;  // dropped: the limit of kept segments was reached
  uint32_t rx_beyond_window = 0;      // bytes behind the window were cut off
  uint32_t rx_bad_ack = 0;
  uint32_t rx_resets = 0;
  uint32_t rx_after_close = 0;  // data for a connection that nobody reads any more
  uint32_t rx_backlog_full = 0;
  uint32_t rx_challenged = 0;  // answered with a challenge ACK (RFC 5961)
  uint32_t tx_segments = 0;
  uint64_t tx_octets = 0;  // payload, first transmissions
  uint32_t tx_resets = 0;
  uint32_t tx_retransmits = 0;
  uint32_t tx_fast_retransmits = 0;
  uint32_t tx_timeouts = 0;  // retransmission timer expirations
  uint32_t tx_window_probes = 0;
  uint32_t tx_keep_alives = 0;
  uint32_t tx_no_buffer = 0;
  uint32_t aborted_timeout = 0;  // given up after R2 (RFC 9293 3.8.3)
  uint32_t aborted_keep_alive = 0;
  uint32_t time_wait_recycled = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"active_opens", &TcpStats::active_opens},
                      base::Field{"passive_opens", &TcpStats::passive_opens},
                      base::Field{"established", &TcpStats::established},
                      base::Field{"rx_segments", &TcpStats::rx_segments},
                      base::Field{"rx_octets", &TcpStats::rx_octets},
                      base::Field{"rx_bad_header", &TcpStats::rx_bad_header},
                      base::Field{"rx_bad_checksum", &TcpStats::rx_bad_checksum},
                      base::Field{"rx_bad_address", &TcpStats::rx_bad_address},
                      base::Field{"rx_bad_flags", &TcpStats::rx_bad_flags},
                      base::Field{"rx_no_socket", &TcpStats::rx_no_socket},
                      base::Field{"rx_out_of_window", &TcpStats::rx_out_of_window},
                      base::Field{"rx_duplicate", &TcpStats::rx_duplicate},
                      base::Field{"rx_out_of_order", &TcpStats::rx_out_of_order},
                      base::Field{"rx_out_of_order_full", &TcpStats::rx_out_of_order_full},
                      base::Field{"rx_beyond_window", &TcpStats::rx_beyond_window},
                      base::Field{"rx_bad_ack", &TcpStats::rx_bad_ack},
                      base::Field{"rx_resets", &TcpStats::rx_resets},
                      base::Field{"rx_after_close", &TcpStats::rx_after_close},
                      base::Field{"rx_backlog_full", &TcpStats::rx_backlog_full},
                      base::Field{"rx_challenged", &TcpStats::rx_challenged},
                      base::Field{"tx_segments", &TcpStats::tx_segments},
                      base::Field{"tx_octets", &TcpStats::tx_octets},
                      base::Field{"tx_resets", &TcpStats::tx_resets},
                      base::Field{"tx_retransmits", &TcpStats::tx_retransmits},
                      base::Field{"tx_fast_retransmits", &TcpStats::tx_fast_retransmits},
                      base::Field{"tx_timeouts", &TcpStats::tx_timeouts},
                      base::Field{"tx_window_probes", &TcpStats::tx_window_probes},
                      base::Field{"tx_keep_alives", &TcpStats::tx_keep_alives},
                      base::Field{"tx_no_buffer", &TcpStats::tx_no_buffer},
                      base::Field{"aborted_timeout", &TcpStats::aborted_timeout},
                      base::Field{"aborted_keep_alive", &TcpStats::aborted_keep_alive},
                      base::Field{"time_wait_recycled", &TcpStats::time_wait_recycled}};
};

struct DhcpStats {
  uint32_t tx_discover = 0;
  uint32_t tx_request = 0;
  uint32_t tx_decline = 0;
  uint32_t tx_release = 0;
  uint32_t rx_offer = 0;
  uint32_t rx_ack = 0;
  uint32_t rx_nak = 0;
  uint32_t rx_malformed = 0;
  uint32_t rx_not_ours = 0;   // other transaction, hardware address or server
  uint32_t rx_bad_offer = 0;  // an address, mask or lease that no host could use
  static constexpr auto kFields =
      base::FieldList{base::Field{"tx_discover", &DhcpStats::tx_discover},
                      base::Field{"tx_request", &DhcpStats::tx_request},
                      base::Field{"tx_decline", &DhcpStats::tx_decline},
                      base::Field{"tx_release", &DhcpStats::tx_release},
                      base::Field{"rx_offer", &DhcpStats::rx_offer},
                      base::Field{"rx_ack", &DhcpStats::rx_ack},
                      base::Field{"rx_nak", &DhcpStats::rx_nak},
                      base::Field{"rx_malformed", &DhcpStats::rx_malformed},
                      base::Field{"rx_not_ours", &DhcpStats::rx_not_ours},
                      base::Field{"rx_bad_offer", &DhcpStats::rx_bad_offer}};
};

struct DnsStats {
  uint32_t tx_queries = 0;
  uint32_t rx_answers = 0;
  uint32_t rx_malformed = 0;
  uint32_t rx_unmatched = 0;  // other id, server or question
  uint32_t rx_truncated = 0;
  uint32_t rx_error_code = 0;  // RCODE other than NOERROR and NXDOMAIN
  uint32_t rx_not_found = 0;
  uint32_t timeouts = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"tx_queries", &DnsStats::tx_queries},
                      base::Field{"rx_answers", &DnsStats::rx_answers},
                      base::Field{"rx_malformed", &DnsStats::rx_malformed},
                      base::Field{"rx_unmatched", &DnsStats::rx_unmatched},
                      base::Field{"rx_truncated", &DnsStats::rx_truncated},
                      base::Field{"rx_error_code", &DnsStats::rx_error_code},
                      base::Field{"rx_not_found", &DnsStats::rx_not_found},
                      base::Field{"timeouts", &DnsStats::timeouts}};
};

// What `netctl stats` shows of the stack; MAC counters stand beside it, one group for each
// interface.
struct StackStats {
  LinkLayerStats ethernet;
  ArpStats arp;
  Ipv4Stats ipv4;
  IcmpStats icmp;
  UdpStats udp;
  TcpStats tcp;
  DhcpStats dhcp;
  DnsStats dns;
  static constexpr auto kFields = base::FieldList{
      base::Field{"ethernet", &StackStats::ethernet}, base::Field{"arp", &StackStats::arp},
      base::Field{"ipv4", &StackStats::ipv4},         base::Field{"icmp", &StackStats::icmp},
      base::Field{"udp", &StackStats::udp},           base::Field{"tcp", &StackStats::tcp},
      base::Field{"dhcp", &StackStats::dhcp},         base::Field{"dns", &StackStats::dns}};
};

}  // namespace stack
