#!/bin/sh
# iperf3 --sctp: each way, one association and four; what was sent has come.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need iperf3 jq

# A server for one test, on a port that TCP has free too.
serve() {
	for _ in 1 2 3 4 5; do
		port=$(any_port)
		start server iperf3 -s -1 -p "$port" --forceflush
		server=$pid
		until_ok server "$server" "listening" has_said server \
		    'Server listening\|unable to start'
		has_said server 'Server listening' && return
		wait "$server" || :
	done
	give_up server "iperf3 finds no free port"
}

field() { # path
	jq "$1" "$tmp/client"
}

try() { # option...
	serve
	start client iperf3 -c $host -p "$port" --sctp -J "$@"
	client=$pid
	expect_end client "$client" 0
	expect_end server "$server" 0
	[ "$(field .start.test_start.protocol)" = '"SCTP"' ] ||
	    give_up client "it was not SCTP"
	sent=$(field .end.sum_sent.bytes)
	came=$(field .end.sum_received.bytes)
	# What is on its way when the time is over does not count.
	if [ "$came" -le 0 ] || [ "$came" -gt "$sent" ] ||
	    [ $((sent - came)) -gt $((flows * 4000000)) ]; then
		give_up client "$sent bytes sent, $came received"
	fi
	echo "$me: $*: $came bytes," \
	    "$(field '.end.sum_received.bits_per_second / 1000000 | floor')" \
	    "Mbit/s"
}

flows=1
try -t 1
try -t 1 -R
flows=4
try -t 1 -P 4
try -t 1 -R -P 4
flows=1
try -n 20M -l 1000
try -n 20M -N -R

# -- gsctp at the other end ---------------------------------------------------

gsctp_too
need_gsctp
# Between its two ends, each of which sees a run directory of its own: to the
# client this is the server, to the server the client.
there=$tmp/run2
export there
GSCTP_RUN_DIR=$there
serve
GSCTP_RUN_DIR=$tmp/run
relay="GSCTP_RUN_DIR=\$there exec '$gsctp' cat --raw -q never $host $port"
start_gsctp relay cat -l --raw --bind $host --exec "$relay" "$port"
relay=$pid
until_listening relay "$relay" "$port"
start client iperf3 -c $host -p "$port" --sctp -J -n 20M
client=$pid
expect_end client "$client" 0
expect_end server "$server" 0
came=$(field .end.sum_received.bytes)
# What the relay has in its hands at the end is not counted.
[ "$came" -gt 10000000 ] || give_up client "$came bytes of 20M received"
echo "$me: through gsctp cat: $came bytes"
