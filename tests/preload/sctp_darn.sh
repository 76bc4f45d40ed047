#!/bin/sh
# lksctp-tools' sctp_darn: what is typed at one is seen at the other, with
# one-to-many and one-to-one sockets; and with gsctp cat at either end.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need sctp_darn script
need_gsctp
# With each message it writes a byte in front of its buffer, and what was there
# back: no page is there with that allocator.
[ "$sanitizer" != tsan ] || skip "sctp_darn and tsan's allocator"

# On a terminal, as it keeps what it prints to anything else.
listen() { # option...
	port=$(any_port)
	start server script -qfc "sctp_darn $* -H $host -P $port -l" /dev/null
	server=$pid
	until_listening server "$server" "$port"
}

launch=start

# Two lines, each when the one before has been seen; and the end.
talk() { # name of who sees it, pid, pattern before the text, command...
	whose=$1
	of=$2
	before=$3
	shift 3
	rm -f "$tmp/lines"
	mkfifo "$tmp/lines"
	in=$tmp/lines
	$launch client "$@"
	client=$pid
	in=/dev/null
	exec 3>"$tmp/lines"
	for text in "the first message" "and the second"; do
		echo "$text" >&3
		until_said "$whose" "$of" "$before$text"
	done
	exec 3>&-
	# Its status is of no meaning.
	wait "$client" || :
}

for style in '' -t; do
	# shellcheck disable=SC2086
	listen $style
	# shellcheck disable=SC2086
	talk server "$server" 'DATA([0-9]*):  *' sctp_darn $style -H $host \
	    -P "$(any_port)" -h $host -p "$port" -s
	until_said client "$client" "New connection"
	stop "$server"
	echo "$me: sctp_darn $style: both messages are seen"
done

# -- gsctp at the other end ---------------------------------------------------

gsctp_too

start_gsctp cat cat -l --bind $host -v 0
cat=$pid
until_said cat "$cat" 'listening on'
port=$(sed -n 's/.*listening on .*:\([0-9]*\), UDP.*/\1/p' "$tmp/cat.err")
talk cat "$cat" '' sctp_darn -H $host -P "$(any_port)" -h $host -p "$port" -s
expect_end cat "$cat" 0
echo "$me: sctp_darn to gsctp cat: both messages are seen"

listen
launch=start_gsctp
talk server "$server" 'DATA([0-9]*):  *' cat $host "$port"
stop "$server"
echo "$me: gsctp cat to sctp_darn: both messages are seen"
