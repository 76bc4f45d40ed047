#!/bin/sh
# socat: 300 kB of random bytes each way, and a file to its end, with itself
# and with gsctp cat at the other end.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need socat
need_gsctp
# shellcheck source=streams.sh
. "$top_srcdir/tests/preload/streams.sh"

for pair in socat:socat gsctp:socat socat:gsctp; do
	[ $pair = socat:socat ] || gsctp_too
	both_ways "${pair%:*}" "${pair#*:}"
	one_way "${pair%:*}" "${pair#*:}"
done
