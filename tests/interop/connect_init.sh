#!/bin/sh
# The example connect_init: one socket, two servers of the example's own, each
# in a process and on a UDP port of its own.  Both associations come up, with
# the ids that connect_init was given, and what both servers send arrives in
# the one mailbox, on its stream.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
examples=$top_builddir/apps/examples
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

use_tmp

export GSCTP_ADDRS=127.0.0.1 GSCTP_UDP_PORT=0
mkfifo "$tmp/1" "$tmp/2"

# "2006/9899" of the line "listening on port 2006, UDP port 9899".
ports_of() {
	echo "$1" | sed -n \
	    's/^listening on port \([0-9]*\), UDP port \([0-9]*\)$/\1\/\2/p'
}

timeout -k 5 60 "$examples/server" -g -p 0 -n 1 127.0.0.1 >"$tmp/1" &
server1=$!
pids="$pids $server1"
exec 4<"$tmp/1"
read -r line <&4 || die "the first server says nothing"
ports1=$(ports_of "$line")
[ -n "$ports1" ] || die "the first server says: $line"

timeout -k 5 60 "$examples/server" -g -p 0 -n 1 127.0.0.1 >"$tmp/2" &
server2=$!
pids="$pids $server2"
exec 5<"$tmp/2"
read -r line <&5 || die "the second server says nothing"
ports2=$(ports_of "$line")
[ -n "$ports2" ] || die "the second server says: $line"
[ "${ports1#*/}" -ne "${ports2#*/}" ] ||
    die "both servers are on UDP port ${ports1#*/}"

said=$tmp/said
timeout -k 5 60 "$examples/connect_init" 127.0.0.1 "$ports1" \
    127.0.0.1 "$ports2" --idle-ms 2000 >"$said" || {
	cat "$said"
	die "it fails"
}
cat "$said"
cat <&4 >"$tmp/said1"
cat <&5 >"$tmp/said2"
wait "$server1" || die "the first server fails"
wait "$server2" || die "the second server fails"

# The id that it has for the server at the SCTP port $1.
assoc_of() {
	sed -n "s/^connecting to 127\.0\.0\.1:$1, assoc \([0-9]*\)\$/\1/p" \
	    "$said"
}

# It says this once, in a whole line.
expect() {
	n=$(grep -Fxc -- "$1" "$said") || :
	[ "$n" -eq 1 ] || die "it says $n times: $1"
}

for ports in "$ports1" "$ports2"; do
	port=${ports%/*}
	assoc=$(assoc_of "$port")
	[ -n "$assoc" ] || die "it does not connect to port $port"
	who="127.0.0.1:$port assoc $assoc:"
	expect "$who comm_up, 5 out 10 in streams"
	expect "$who data on stream 0, 6 bytes: \"Test 0\""
	expect "$who data on stream 5, 6 bytes: \"Test 5\""
done
[ "$(assoc_of "${ports1%/*}")" -ne "$(assoc_of "${ports2%/*}")" ] ||
    die "both associations have one id"
expect "nothing for 2000 ms"
[ "$(tail -n 1 "$said")" = "nothing for 2000 ms" ] ||
    die "it does not end with that"

# It left in order, and each server saw it go.
for file in "$tmp/said1" "$tmp/said2"; do
	grep ' shutdown_comp$' "$file" >/dev/null || {
		cat "$file"
		die "a server was not shut down in order"
	}
done

# It refuses what it cannot read.
timeout -k 5 60 "$examples/connect_init" 127.0.0.1 "$ports1" \
    127.0.0.1 "$ports2" --idle-ms nothing >"$said" 2>&1 &&
    die "it takes any word for a number"
grep '^usage: connect_init ' "$said" >/dev/null || die "it does not say how"
echo "connect_init: all is well"
