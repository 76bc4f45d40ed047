#!/bin/sh
# Java's SctpChannel, SctpServerChannel and SctpMultiChannel: echoes within one
# virtual machine, between two, and with gsctp; the stream number and the payload
# protocol id of each message come back with it.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need_java
need_gsctp
no_sanitizer "a virtual machine"

start_java all all
expect_end all "$pid" 0
[ "$(grep -c ' serves .*: echoed 40 ' "$tmp/all")" -eq 6 ] ||
    give_up all "not all of them"
sed "s/^/$me: /" "$tmp/all" | grep ' serves '

for pair in channel:multi multi:channel; do
	start_java server listen "${pair%:*}" 1
	server=$pid
	until_said server "$server" 'listening on'
	start_java client talk "${pair#*:}" "$(said_port server)" 50
	client=$pid
	expect_end client "$client" 0
	expect_end server "$server" 0
	said=$(grep '^echoed' "$tmp/client")
	[ "$said" = "$(grep '^echoed' "$tmp/server")" ] ||
	    give_up server "the client says $said"
	echo "$me: between two machines, ${pair%:*} serves ${pair#*:}: $said"
done

# -- gsctp at the other end ---------------------------------------------------

gsctp_too

start_gsctp serve serve --json --bind $host \
    -o initmsg.max_instreams=8 -o initmsg.num_ostreams=8 echo 0
serve=$pid
until_said serve "$serve" '"listening"'
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$tmp/serve" | head -n 1)
for kind in channel selecting multi; do
	start_java client talk $kind "$port" 50
	expect_end client "$pid" 0
	echo "$me: gsctp serve serves $kind: $(grep '^echoed' "$tmp/client")"
done
stop "$serve"

for kind in channel multi; do
	start_java server listen $kind 1
	server=$pid
	until_said server "$server" 'listening on'
	random_bytes 30000 >"$tmp/sent"
	timeout -k 5 "$limit" "$gsctp" cat --json --size 1000 -n 30 --stream 3 \
	    --ppid 46 $host "$(said_port server)" <"$tmp/sent" \
	    >"$tmp/came" || give_up server "gsctp cat fails"
	n=$(jq -c 'select(.stream == 3 and .ppid == 46)' "$tmp/came" | wc -l)
	[ "$n" -eq 30 ] || {
		head -n 3 "$tmp/came" >&2
		give_up server "$n of 30 messages have stream 3 and ppid 46"
	}
	expect_end server "$server" 0
	echo "$me: $kind serves gsctp cat: $(grep '^echoed' "$tmp/server")"
done
