#!/bin/sh
# Python's socket module with epoll: echo servers and clients of both styles,
# with each other and with gsctp; stream numbers and protocol ids come back.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need_gsctp
need_python
clients=20
messages=30

talk() { # style, port, clients, messages
	start_python client talk "$1" $host "$2" "$3" "$4"
	client=$pid
	expect_end client "$client" 0
}

for server_style in stream many; do
	for client_style in stream many; do
		start_python server listen $server_style $clients
		server=$pid
		until_said server "$server" 'listening on'
		# read() and write() know of no streams.
		WANT_STREAMS=yes
		[ $server_style = many ] || WANT_STREAMS=no
		export WANT_STREAMS
		talk $client_style "$(said_port server)" $clients $messages
		expect_end server "$server" 0
		said=$(grep '^echoed' "$tmp/client")
		[ "$said" = "$(grep '^echoed' "$tmp/server")" ] ||
		    give_up server "the client says $said"
		echo "$me: $server_style serves $client_style, $clients" \
		    "clients: $said"
	done
done

# -- gsctp at the other end ---------------------------------------------------

gsctp_too

start_gsctp serve serve --json --bind $host echo 0
serve=$pid
until_said serve "$serve" '"listening"'
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$tmp/serve" | head -n 1)
WANT_STREAMS=yes
export WANT_STREAMS
for client_style in stream many; do
	talk $client_style "$port" $clients $messages
	echo "$me: gsctp serve serves $client_style:" \
	    "$(grep '^echoed' "$tmp/client")"
done
stop "$serve"

for server_style in stream many; do
	start_python server listen $server_style 1
	server=$pid
	until_said server "$server" 'listening on'
	random_bytes 30000 >"$tmp/sent"
	timeout -k 5 "$limit" "$gsctp" cat --size 1000 -n 30 --stream 3 \
	    $host "$(said_port server)" <"$tmp/sent" >"$tmp/came" ||
	    give_up server "gsctp cat fails"
	same "$tmp/sent" "$tmp/came" "gsctp cat to Python"
	expect_end server "$server" 0
	echo "$me: $server_style serves gsctp cat:" \
	    "$(grep '^echoed' "$tmp/server")"
done
