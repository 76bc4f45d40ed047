#!/bin/sh
# Unmodified programs with one another, on one host and with no flag: each echo
# server (Python, Java, Erlang) with each client (these, ncat, socat), ncat with
# socat, sctp_test with sctp_darn.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need_gsctp
no_sanitizer "virtual machines"
# shellcheck source=streams.sh
. "$top_srcdir/tests/preload/streams.sh"
need ncat socat sctp_test sctp_darn script
need_python
need_java
need_erlang

# An echo server for so many clients; its $port.
serve() { # kind, clients
	case $1 in
	python_*) start_python server listen "${1#*_}" "$2" ;;
	java_*) start_java server listen "${1#*_}" "$2" ;;
	erlang) start_erl server listen "$2" ;;
	esac
	server=$pid
	until_said server "$server" 'listening on'
	port=$(said_port server)
}

# A client of it that wants 20 messages back, or bytes.
# shellcheck disable=SC2086
talk() { # kind
	case $1 in
	python_*) start_python client talk "${1#*_}" "$host" "$port" 1 20 ;;
	java_*) start_java client talk "${1#*_}" "$port" 20 $loose ;;
	erlang) start_erl client talk "$port" 20 $loose ;;
	*)
		talk_bytes "$1"
		return
		;;
	esac
	expect_end client "$pid" 0
	grep '^echoed 20 ' "$tmp/client" >/dev/null ||
	    give_up client "$1 does not say what came back"
}

talk_bytes() { # kind
	rm -f "$tmp/in"
	mkfifo "$tmp/in"
	exec 6<>"$tmp/in"
	in=$tmp/in
	client "$1" right "$port" 6>&-
	in=/dev/null
	right=$pid
	head -c 20000 "$tmp/a" >"$tmp/part"
	cat "$tmp/part" >&6
	until_bytes right "$right" "$tmp/right" 20000
	exec 6>&-
	expect_end right "$right" 0
	same "$tmp/part" "$tmp/right" "$1"
}

clients="python_stream python_many java_channel java_multi erlang ncat socat"
for kind in python_stream python_many java_channel java_multi erlang; do
	# A server that read()s knows of no streams.
	loose=
	WANT_STREAMS=yes
	if [ $kind = python_stream ]; then
		loose=loose
		WANT_STREAMS=no
	fi
	export WANT_STREAMS
	serve $kind 7
	for with in $clients; do
		talk "$with"
	done
	expect_end server "$server" 0
	echo "$me: $kind serves $clients: $(grep '^echoed' "$tmp/server")"
done

both_ways ncat socat
both_ways socat ncat

port=$(any_port)
start server script -qfc "sctp_darn -H $host -P $port -l" /dev/null
server=$pid
until_listening server "$server" "$port"
under sctp_test -H $host -P "$(any_port)" -h $host -p "$port" -s -x 1 -c 3 \
    >"$tmp/client" 2>&1 || give_up client "sctp_test fails"
until_said server "$server" 'DATA(1453)'
until_said server "$server" 'DATA(32768)'
stop "$server"
echo "$me: sctp_test to sctp_darn: its messages are seen"

start server sctp_test -H $host -P "$port" -l -x 1
server=$pid
until_listening server "$server" "$port"
echo 'a message' | under sctp_darn -H $host -P "$(any_port)" -h $host \
    -p "$port" -s >"$tmp/client" 2>&1 || :
until_said server "$server" 'Data 11 bytes'
stop "$server"
echo "$me: sctp_darn to sctp_test: its message is seen"
