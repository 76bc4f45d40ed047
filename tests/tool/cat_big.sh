#!/bin/sh
# gsctp cat: 100 MB through two processes arrive as they were, over IPv4, over
# IPv6, and over a wire that loses every fiftieth packet; and where nobody
# reads what arrives, nobody's memory grows.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
need sha256sum
use_tmp
# shellcheck source=../support/cat.sh
. "$top_srcdir/tests/support/cat.sh"

mb=100
if is_sanitized; then mb=10; fi
head -c ${mb}000000 /dev/urandom >"$tmp/in"
sum=$(sha256sum <"$tmp/in")

# A pipe at both ends.
mkfifo "$tmp/pipe"
transfer() { # what, option...
	what=$1
	shift
	sha256sum <"$tmp/pipe" >"$tmp/sum" &
	summing=$!
	began=$(date +%s%N)
	listen_to "$tmp/pipe" "$@"
		# A pipe, not a file.
	# shellcheck disable=SC2002
	cat "$tmp/in" | expect 0 connect "$@"
	expect_listener 0
	took=$((($(date +%s%N) - began) / 1000000))
	wait "$summing"
	[ "$(cat "$tmp/sum")" = "$sum" ] || die "$what: other bytes"
	echo "$what: $mb MB in $took ms"
}

transfer "IPv4" --raw
host=::1
transfer "IPv6" --raw
host=127.0.0.1

# -- nobody reads --------------------------------------------------------------

# kB, at most, so far.
memory() { # pid
	awk '/^VmHWM:/ { print $2 }' "/proc/$1/status"
}

sha256sum <"$tmp/pipe" >"$tmp/sum" &
summing=$!
mkfifo "$tmp/stalled"
# Its reader takes a tenth, and then waits for the figures: what is on its way
# is in buffers, and more than any of them should hold is not.
{
	head -c ${mb}00000
	read -r _ <"$tmp/go"
	cat
} <"$tmp/stalled" >"$tmp/pipe" &
reader=$!
mkfifo "$tmp/go"
listen_to "$tmp/stalled" --raw
start_client "$tmp/in" "$tmp/out" --raw
# What the client has read from its file stops growing only where it stops
# reading; a second is long for what it could have read meanwhile.
before=-1
position=0
while [ "$position" -eq 0 ] || [ "$position" -ne "$before" ]; do
	before=$position
	read -r _ position <<END
$(grep ^pos: "/proc/$client/fdinfo/0")
END
	sleep 1
done
echo "nobody reads: $position bytes of ${mb}000000 were read;" \
    "memory: $(memory "$client") kB, $(memory "$listener") kB"
[ "$position" -lt $((mb * 100000 + 8000000)) ] ||
    die "the client reads on: $position bytes"
if ! is_sanitized; then
	for pid in $client $listener; do
		[ "$(memory "$pid")" -lt 40000 ] || die "memory of $pid"
	done
fi
echo >"$tmp/go"
wait "$client" || die "the client: $?"
expect_listener 0
wait "$reader" "$summing"
[ "$(cat "$tmp/sum")" = "$sum" ] || die "nobody reads: other bytes"

# -- loss ----------------------------------------------------------------------

# Is the library one that can?
if "$gsctp" cat --faults loss=2% -l -w 1ms 0 2>"$tmp/err" ||
    [ $? -eq 4 ]; then
	transfer "IPv4, 2 % lost each way" --raw --faults loss=2%,seed=7
else
	echo "not with loss: $(cat "$tmp/err")"
fi

echo "cat_big: all of it came"
