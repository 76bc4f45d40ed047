#!/bin/sh
# lksctp-tools' sctp_test: what its client sends its server has, each message with
# its size, stream and protocol id; with one-to-many and with one-to-one
# sockets; and with gsctp at the other end.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need sctp_test
need_gsctp

# The sizes of what was sent, and of what came.
sent_sizes() { # file
	sed -n 's/.*sendmsg(.*) *\([0-9][0-9]*\) bytes.*/\1/p' "$1" | sort -n
}
came_sizes() { # file
	sed -n 's/.*recvmsg(.*) Data \([0-9]*\) bytes.*/\1/p' "$1" | sort -n
}
# The same of streams and protocol ids.
infos() { # file
	sed -n 's/.*SNDRCV(stream=\([0-9]*\) .*ppid=\([0-9]*\).*/\1 \2/p' "$1" |
	    sort
}

all_there() { # name, file of sizes
	came_sizes "$tmp/$1" >"$tmp/came"
	cmp -s "$2" "$tmp/came"
}

listen() { # option...
	port=$(any_port)
	start server sctp_test "$@" -H $host -P "$port" -l -x 1
	server=$pid
	until_listening server "$server" "$port"
}

talk() { # option...
	under sctp_test -H $host -P "$(any_port)" -h $host -p "$port" -s \
	    "$@" >"$tmp/client" 2>&1 ||
	    give_up client "sctp_test -s $* fails"
	sent_sizes "$tmp/client" >"$tmp/sizes"
	[ -s "$tmp/sizes" ] || give_up client "it has sent nothing"
}

both() { # of the server; "-", of the client
	mine=
	while [ "$1" != - ]; do
		mine="$mine $1"
		shift
	done
	shift
	# The words are words.
	# shellcheck disable=SC2086
	listen $mine
	# shellcheck disable=SC2086
	talk $mine "$@"
	until_ok server "$server" "having all of it" all_there server \
	    "$tmp/sizes"
	# Its record is lost where a notification was read before: it does not
	# say again how much room there is for one.
	infos "$tmp/client" >"$tmp/sent"
	infos "$tmp/server" >"$tmp/came"
	[ -z "$(comm -13 "$tmp/sent" "$tmp/came")" ] ||
	    give_up server "streams or protocol ids that nobody sent"
	[ "$(comm -23 "$tmp/sent" "$tmp/came" | wc -l)" -le 1 ] ||
	    give_up server "streams or protocol ids are missing"
	until_said server "$server" 'COMMUNICATION_UP'
	stop "$server"
	echo "$me: sctp_test$mine $*: $(wc -l <"$tmp/sizes") messages," \
	    "$(wc -l <"$tmp/came") with stream and protocol id"
}

both - -x 3 -c 4 -M 3
both - -x 2 -c 3 -o 1 -M 8 -t 1
both - -x 2 -c 6 -m 60000 -o 3 -r 7
both -T - -x 2 -c 4 -o 1
both -T - -x 2 -c 1 -M 4 -o 2

# -- gsctp at the other end ---------------------------------------------------

gsctp_too

start_gsctp discard serve --json --bind $host discard 0
discard=$pid
until_said discard "$discard" '"listening"'
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$tmp/discard" | head -n 1)
talk -x 2 -c 4 -M 3
kill "$discard"
expect_end discard "$discard" 0
count=$(wc -l <"$tmp/sizes")
bytes=$(awk '{ n += $1 } END { print n }' "$tmp/sizes")
grep "\"messages_in\":$count,\"bytes_in\":$bytes," "$tmp/discard" >/dev/null ||
    grep "\"bytes_in\":$bytes" "$tmp/discard" >/dev/null ||
    give_up discard "gsctp serve has not $count messages, $bytes bytes"
echo "$me: sctp_test to gsctp serve: $count messages, $bytes bytes"

listen
random_bytes 20000 >"$tmp/bytes"
timeout -k 5 "$limit" "$gsctp" cat --size 5000 $host "$port" <"$tmp/bytes" \
    >"$tmp/cat" 2>&1 || give_up cat "gsctp cat fails"
yes 5000 | head -n 4 >"$tmp/sizes"
until_ok server "$server" "having all of it" all_there server "$tmp/sizes"
until_said server "$server" 'SHUTDOWN_COMPLETE'
stop "$server"
echo "$me: gsctp cat to sctp_test: 4 messages"
