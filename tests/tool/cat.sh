#!/bin/sh
# gsctp cat: what goes in at one end comes out at the other, byte for byte,
# whatever a message is; streams, identifiers, JSON, both directions.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
use_tmp
# shellcheck source=../support/cat.sh
. "$top_srcdir/tests/support/cat.sh"

# -- inputs --------------------------------------------------------------------

: >"$tmp/empty"
printf '\n' >"$tmp/newline"
printf 'one\n\n\ntwo\nthe last has no end' >"$tmp/text"
head -c 300000 /dev/urandom >"$tmp/binary"
# A line of megabytes, between others.
{
	echo short
	head -c 5000000 /dev/zero | tr '\0' x
	printf '\nafter\n'
} >"$tmp/long"
# Hexadecimal as it comes out.
head -c 30000 /dev/urandom | od -An -v -tx1 -w700 | tr -d ' ' >"$tmp/hex"
tr -d '\n' <"$tmp/hex" >"$tmp/long_hex"
for _ in 1 2 3 4 5 6; do
	cat "$tmp/long_hex" "$tmp/long_hex" >"$tmp/more_hex"
	mv "$tmp/more_hex" "$tmp/long_hex"
done
echo >>"$tmp/long_hex"
# Three messages with their lengths before them: 1, 3 and 1,000,000 bytes.
{
	printf '\000\000\000\001a\000\000\000\003\n\000c\000\017\102\100'
	head -c 1000000 /dev/urandom
} >"$tmp/prefixed"

# -- every mode ----------------------------------------------------------------

n=0
same() { # file, option...
	name=$1
	shift
	listen "$@"
	expect 0 connect "$@" <"$tmp/$name"
	expect_listener 0
	cmp "$tmp/$name" "$tmp/out" || die "$name $*: not the same"
	n=$((n + 1))
}

for file in empty newline text binary long; do
	same $file
	same $file --raw
	same $file --size 1000
	same $file --size 3m
done
same text --size 1
same hex --hex
same long_hex --hex
same empty --hex
same prefixed --length-prefix
same empty --length-prefix
# What expires goes whole; nothing does within an hour.
same text --ttl 1h
same binary --ttl 1h --size 200k
same binary --stream 17
same binary --streams 3:5 --stream 2
# Buffers that are smaller than a message.
same long -o sndbuf=8192 -o recbuf=8192
same prefixed --length-prefix -o sndbuf=8192
same binary --raw -o buffer=1024
host=::1
same binary
same text -6
host=127.0.0.1

# Blanks and comments are nothing.
listen --hex
printf '# a comment\n 61 62\t63 # abc\n\n6A:6b\n' |
    expect 0 connect --hex
expect_listener 0
printf '616263\n6a6b\n' | cmp - "$tmp/out"

# A message is a line without its end, and comes as one.
listen --chomp
printf '\none\n\ntwo' | expect 0 connect --chomp
expect_listener 0
printf 'one\ntwo\n' | cmp - "$tmp/out"

# -- what goes with a message --------------------------------------------------

listen --json
printf 'text\n\377' | expect 0 connect --ppid diameter --stream 3 --unordered
expect_listener 0
says "$tmp/out" '^{"type":"listening","address":"127.0.0.1","port":[0-9]*,'
says "$tmp/out" '"state":"comm_up"'
says "$tmp/out" '"type":"data".*"stream":3,"ppid":46,.*"unordered":true.*"text":"text\\n"}$'
says "$tmp/out" '"type":"data".*"complete":true,"len":1,"hex":"ff"}$'
says "$tmp/out" '"state":"shutdown_comp"'
if grep -v '^{.*}$' "$tmp/out"; then
	die "a line that is not an object"
fi

listen --json --hex
echo 7b7d | expect 0 connect --hex --ppid 4711
expect_listener 0
says "$tmp/out" '"ppid":4711,.*"hex":"7b7d"}$'

# A message that is longer than what is put together is marked.
listen --json -o buffer=1024
head -c 5000 /dev/zero | tr '\0' x | expect 0 connect
expect_listener 0
says "$tmp/out" '"complete":false,"len":1024,"text":"x*"}$'
[ "$(grep -c '"complete":true' "$tmp/out")" -eq 1 ] || die "not complete once"

listen --events
echo hi | expect 0 connect --events
says "$tmp/err" 'assoc 3: comm_up, 10 streams out, 10 in'
expect_listener 0
says "$tmp/said" 'assoc 3: shutdown_event'

# -- both directions -----------------------------------------------------------

# So many messages, and no more; the listener has sent all of its input before,
# or has not.
printf 'one\ntwo\nthree\n' >"$tmp/three"
in=$tmp/three
listen
expect 0 connect -n 2 </dev/null >"$tmp/copy"
end_listener
if [ "$code" -ne 0 ]; then
	[ "$code" -eq 5 ] || die "the listener: $code, not 0 or 5"
	says "$tmp/said" 'has ended it before all of the input was sent'
fi
printf 'one\ntwo\n' | cmp - "$tmp/copy"

# Files both ways: each waits until the other is silent.  On a busy machine it
# is for a while, in the middle.
in=$tmp/binary
listen --raw --wait 10
expect 0 connect --raw --wait 10 <"$tmp/long" >"$tmp/copy"
expect_listener 0
cmp "$tmp/binary" "$tmp/copy"
cmp "$tmp/long" "$tmp/out"

# A listener that serves a file, and ends.
listen --wait 0
expect 0 connect --wait never </dev/null >"$tmp/copy"
expect_listener 0
cmp "$tmp/binary" "$tmp/copy"
in=/dev/null

# -- several addresses, several peers ------------------------------------------

# All are the peer's: where one does not answer, another does.
GSCTP_ADDRS=127.0.0.1
export GSCTP_ADDRS
listen
unset GSCTP_ADDRS
echo hi | expect 0 "$gsctp" cat -u 0 --bind 127.0.0.1 \
    --peer-udp-port "$udp_port" -o rtoinfo.min=50ms \
    -o rtoinfo.initial=100ms 127.0.0.2 127.0.0.1 "$port"
expect_listener 0
echo hi | cmp - "$tmp/out"

# Long messages of three at once are not mixed: each is whole.
listen -k -n 9 --size 1m
clients=
for byte in a b c; do
	head -c 3000000 /dev/zero | tr '\0' $byte |
	    connect --size 1m >"$tmp/client" 2>&1 &
	clients="$clients $!"
done
for client in $clients; do
	wait "$client" || {
		cat "$tmp/client" >&2
		die "a client of three: $?"
	}
done
expect_listener 0
for byte in a b c; do
	tr -cd $byte <"$tmp/out" >"$tmp/one"
	[ "$(wc -c <"$tmp/one")" -eq 3000000 ] || die "bytes of $byte"
done
# A message is 1,000,000 times one letter: three in a row, at most nine runs.
[ "$(fold -w 1000000 "$tmp/out" | cut -c 1,500000,1000000 |
    grep -c '^\(aaa\|bbb\|ccc\)$')" -eq 9 ] || die "messages are mixed"

# What the listener has goes to each peer.
mkfifo "$tmp/in"
in=$tmp/in
exec 4<>"$tmp/in"
listen -k
in=/dev/null
connect -n 1 </dev/null >"$tmp/copy1" 2>"$tmp/err1" &
one=$!
connect -n 1 </dev/null --events >"$tmp/copy2" 2>"$tmp/err2" &
two=$!
# Until both have come.
tries=0
while [ ! -s "$tmp/copy1" ] || [ ! -s "$tmp/copy2" ]; do
	echo all >&4
	tries=$((tries + 1))
	[ "$tries" -lt 100000 ] || die "not all get it"
done
wait "$one" || die "the first: $?"
wait "$two" || die "the second: $?"
echo all | cmp - "$tmp/copy1"
echo all | cmp - "$tmp/copy2"
kill -TERM "$listener"
expect_listener 143
exec 4>&-

echo "cat: $n files came as they were"
