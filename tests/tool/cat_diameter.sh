#!/bin/sh
# gsctp cat --hex: a Diameter request reaches a server and its answer comes
# back, and Wireshark knows both for what they are, in SCTP in UDP.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
use_tmp
# shellcheck source=../support/cat.sh
. "$top_srcdir/tests/support/cat.sh"
set --
# shellcheck source=../support/diameter.sh
. "$top_srcdir/tests/support/diameter.sh"

capture="--pcap $tmp/packets.pcapng"
# shellcheck disable=SC2086
"$gsctp" cat $capture -l -w 1ms 0 2>"$tmp/pcap" || [ $? -eq 4 ] ||
    capture=

listen -k --hex --ppid diameter \
    --exec "sh '$top_srcdir/tests/support/diameter.sh' serve"
cer >"$tmp/cer.hex"
# shellcheck disable=SC2086
expect 0 connect $capture -n 1 --hex --ppid diameter <"$tmp/cer.hex" \
    >"$tmp/cea.hex"
answer "$(cat "$tmp/cer.hex")" | cmp - "$tmp/cea.hex"

# It is 46, in both directions.
expect 0 connect --json -n 1 --hex --ppid 46 <"$tmp/cer.hex" >"$tmp/json"
says "$tmp/json" '"type":"data".*"ppid":46,.*"hex":"010000'
kill -TERM "$listener"
expect_listener 143

[ -n "$capture" ] || skip "both came; but no --pcap: $(cat "$tmp/pcap")"
command -v tshark >/dev/null || skip "both came; but tshark is not installed"
tshark -n -r "$tmp/packets.pcapng" -d "udp.port==$udp_port,sctp" \
    -Y diameter -T fields -e sctp.data_payload_proto_id -e diameter.cmd.code \
    -e diameter.flags.request -e diameter.Origin-Host \
    -e diameter.Result-Code >"$tmp/seen" 2>"$tmp/err" || {
	cat "$tmp/err" >&2
	die "tshark fails"
}
cat "$tmp/seen"
says "$tmp/seen" '^46	257	\(1\|True\)	client.example.net	$'
says "$tmp/seen" '^46	257	\(0\|False\)	server.example.net	2001$'
[ "$(wc -l <"$tmp/seen")" -eq 2 ] || die "not two Diameter messages"

echo "cat_diameter: a question and its answer"
