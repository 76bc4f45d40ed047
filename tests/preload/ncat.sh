#!/bin/sh
# ncat --sctp: 300 kB of random bytes each way, and a file to its end, with
# itself and with gsctp cat at the other end; and a connection that is refused.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need ncat
need_gsctp
# shellcheck source=streams.sh
. "$top_srcdir/tests/preload/streams.sh"

for pair in ncat:ncat gsctp:ncat ncat:gsctp; do
	[ $pair = ncat:ncat ] || gsctp_too
	both_ways "${pair%:*}" "${pair#*:}"
	one_way "${pair%:*}" "${pair#*:}"
done

# A program that is there, and does not listen at that port.
start_gsctp discard serve --json --bind $host discard 0
until_said discard "$pid" '"listening"'
GSCTP_PEER_UDP_PORT=$(sed -n 's/.*"udp_port":\([0-9]*\).*/\1/p' "$tmp/discard")
export GSCTP_PEER_UDP_PORT
if under ncat --sctp -v $host "$(any_port)" </dev/null >"$tmp/none" 2>&1; then
	die "it connects to nobody"
fi
grep 'Connection refused' "$tmp/none" >/dev/null || {
	cat "$tmp/none" >&2
	die "it does not say that nobody was there"
}
echo "$me: refused where nobody listens"
