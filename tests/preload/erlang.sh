#!/bin/sh
# Erlang's gen_sctp: open, listen, connect, send, recv, eof, abort, peeloff,
# active modes, status; in one node, between two, and with gsctp.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need_gsctp
no_sanitizer "a virtual machine"
need_erlang

start_erl one one
expect_end one "$pid" 0
sed "s/^/$me: one node: /" "$tmp/one"
start_erl two two
expect_end two "$pid" 0
sed "s/^/$me: /" "$tmp/two"

# -- gsctp at the other end ---------------------------------------------------

gsctp_too

start_gsctp serve serve --json --bind $host echo 0
serve=$pid
until_said serve "$serve" '"listening"'
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$tmp/serve" | head -n 1)
start_erl client talk "$port" 50
expect_end client "$pid" 0
stop "$serve"
echo "$me: gsctp serve serves gen_sctp: $(grep '^echoed' "$tmp/client")"

start_erl server listen 1
server=$pid
until_said server "$server" 'listening on'
random_bytes 30000 >"$tmp/sent"
timeout -k 5 "$limit" "$gsctp" cat --size 1000 -n 30 --stream 3 \
    $host "$(said_port server)" <"$tmp/sent" >"$tmp/came" ||
    give_up server "gsctp cat fails"
same "$tmp/sent" "$tmp/came" "gsctp cat to gen_sctp"
expect_end server "$server" 0
echo "$me: gen_sctp serves gsctp cat: $(grep '^echoed' "$tmp/server")"
