#!/bin/sh
# A server and a client of one host need no flag, no variable and no privilege
# while a third program has UDP port 9899: they find each other by the user's
# run directory.  In a network namespace, where that port is nobody else's.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

if [ "${1-}" != inside ]; then
	need unshare ip
	flags=-n
	[ "$(id -u)" -eq 0 ] || flags=-Urn
	unshare "$flags" true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 120 unshare "$flags" /bin/sh "$0" inside
fi

use_tmp
ip link set lo up
# Nothing but where the user's own files are.
unset GSCTP_RUN_DIR
XDG_RUNTIME_DIR=$tmp
export XDG_RUNTIME_DIR
server=$top_builddir/apps/examples/server
client=$top_builddir/apps/examples/client

# Wait until file $1 has a line with $2.
await() {
	n=0
	until grep "$2" "$1" >/dev/null 2>&1; do
		n=$((n + 1))
		[ "$n" -lt 600 ] || {
			cat "$1" >&2
			die "$1 never has \"$2\""
		}
		sleep 0.1
	done
}

"$server" -p 2006 >"$tmp/third" 2>&1 &
pids="$pids $!"
await "$tmp/third" 'UDP port 9899'

"$server" -p 5001 -n 1 >"$tmp/killed" 2>&1 &
killed=$!
await "$tmp/killed" 'listening on port 5001'
if grep 'UDP port 9899' "$tmp/killed"; then
	die "two programs have UDP port 9899"
fi
kill -9 "$killed"
wait "$killed" || :

"$server" -p 5001 -n 1 >"$tmp/server" 2>&1 &
pid=$!
pids="$pids $pid"
await "$tmp/server" 'listening on port 5001'
"$client" -p 5001 127.0.0.1 >"$tmp/client" 2>&1 || {
	cat "$tmp/client" >&2
	die "the client failed"
}
await "$tmp/server" 'data on stream 0, 6 bytes: "Test 0"'
wait "$pid" || die "the server failed"
if grep 'data on' "$tmp/third"; then
	die "the third program got what was for another"
fi

# Those that have ended left nothing, and what was killed has been cleaned up.
[ "$(ls "$tmp/gsctp" | grep -c 'lock$')" -eq 1 ] || {
	ls -l "$tmp/gsctp" >&2
	die "more than the third program is left"
}
echo "$me: found without a flag"
