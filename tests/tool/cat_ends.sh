#!/bin/sh
# gsctp cat: every way in which it can end has a message and an exit code.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
use_tmp
# shellcheck source=../support/cat.sh
. "$top_srcdir/tests/support/cat.sh"

# -- the command line: 2 -------------------------------------------------------

usage() { # pattern, argument...
	pattern=$1
	shift
	expect 2 "$gsctp" cat "$@" </dev/null
	says "$tmp/err" "$pattern"
	says "$tmp/err" 'gsctp cat --help tells more'
}
usage 'which HOST and PORT'
usage 'which PORT' -l
usage 'which HOST?' 5001
usage 'takes a PORT alone' -l 127.0.0.1 5001
usage '-k goes with -l' -k 127.0.0.1 5001
usage 'PORT 70000: not from 1 to 65535' 127.0.0.1 70000
usage 'PORT 0: ' 127.0.0.1 0
usage '--size 0' --size 0 127.0.0.1 1
usage 'one of them' --hex --raw 127.0.0.1 1
usage 'neither a number nor a name' --ppid nothing 127.0.0.1 1
usage '--wait soon: not a time' --wait soon 127.0.0.1 1
usage '--bogus: there is no such option' --bogus 127.0.0.1 1
usage '--size: what?' 127.0.0.1 1 --size
usage '--exec' --exec cat --json 127.0.0.1 1
usage '-o nonsense=1' -o nonsense=1 127.0.0.1 1
"$gsctp" cat --help >"$tmp/help"
says "$tmp/help" '^gsctp cat -l 5001 >copy'

# -- no peer: 3 and 4 ----------------------------------------------------------

listen -k -v
real_port=$port
port=1
expect 3 connect </dev/null
says "$tmp/err" '127.0.0.1:1: refused'
expect 3 connect --events </dev/null
says "$tmp/err" 'cant_assoc, refused'
port=$real_port
kill -TERM "$listener"
expect_listener 143

# Nobody has UDP port 1; the listener's was free a moment ago.
udp_port=1
expect 4 connect -w 300ms </dev/null
says "$tmp/err" 'no answer: is it there, and on UDP port 1? (--peer-udp-port)'
expect 4 connect -o initmsg.max_attempts=1 -o rtoinfo.min=50ms \
    -o rtoinfo.initial=100ms </dev/null
says "$tmp/err" 'no answer'

# Packets that come are no answer if they make no sense.
listen -k
expect 4 connect -o initmsg.max_attempts=1 -o rtoinfo.min=50ms \
    -o rtoinfo.initial=100ms --faults in.corrupt=100% --json </dev/null \
    >"$tmp/copy"
says "$tmp/err" 'no answer'
says "$tmp/copy" '"state":"cant_assoc".*"failure":"ETIMEDOUT"'
kill -TERM "$listener"
expect_listener 143

# A black hole on the way there, and on the way back.
for fault in out.blackhole in.blackhole; do
	listen -k
	expect 4 connect -w 500ms --faults "$fault=$host" </dev/null
	says "$tmp/err" 'no answer'
	kill -TERM "$listener"
	expect_listener 143
done

listen -w 300ms
expect_listener 4
says "$tmp/said" 'nobody has connected in 0.3 s'

listen
expect 4 connect --wait never -i 300ms </dev/null
says "$tmp/err" 'nothing came or went for 0.3 s'
expect_listener 0
# Long enough for somebody to come.
listen -i 3s
expect 0 connect --wait never </dev/null
expect_listener 4
says "$tmp/said" 'nothing came or went for 3 s'
for when in '-i 300ms' '-i 300ms -w 1h' '-w 300ms -i 1h'; do
	# shellcheck disable=SC2086
	listen $when
	expect_listener 4
	says "$tmp/said" 'nobody has connected in 0.3 s'
done
# It is an association's with -k, and the listener stays.
listen -k -i 300ms
for i in 1 2; do
	expect 0 connect --wait never </dev/null
done
kill -TERM "$listener"
expect_listener 143
says "$tmp/said" 'nothing came or went for 0.3 s'

# -- not as many as there should be: 4 -----------------------------------------

listen --wait 0
expect 4 connect -n 1 </dev/null
says "$tmp/err" '0 messages came, not 1'
expect_listener 0

# -- no such stream: 3 ---------------------------------------------------------

listen --streams 5
echo hi | expect 3 connect --stream 7
says "$tmp/err" 'there is no stream 7, but 0 to 4'
expect_listener 5
says "$tmp/said" 'the peer aborted the association: .*too few streams'

# -- the input is not what it should be: 1 -------------------------------------

listen --hex
printf '6161\n6\n' | expect 1 connect --hex
says "$tmp/err" 'the input: line 2: an odd number of digits'
expect_listener 0
echo 6161 | cmp - "$tmp/out"

# A message that has begun and will never end.
listen
{
	printf '\000\017\102\100'
	head -c 900000 /dev/zero
} | expect 1 connect --length-prefix
says "$tmp/err" 'the input: it ends within a message'
expect_listener 5
says "$tmp/said" 'aborted the association: .*the input is incomplete'

listen
head -c 2000000 /dev/zero | expect 1 connect --ttl 1h
says "$tmp/err" 'longer than the send buffer'
expect_listener 0

# A message too long for its length to be told.
listen --length-prefix -o buffer=1024
head -c 5000 /dev/zero | expect 5 connect --wait never
says "$tmp/err" 'a message is too long'
expect_listener 1
says "$tmp/said" 'too long to tell its length first'

# With many peers each may have less: 512 MiB of all of them, a part each.
listen -k -m 1024 --length-prefix
head -c 500000 /dev/zero | expect 0 connect --size 500000
head -c 600000 /dev/zero | expect 5 connect --size 600000 --wait never
says "$tmp/err" 'a message is too long'
kill -TERM "$listener"
expect_listener 143
says "$tmp/said" 'too long to tell its length first'
[ "$(wc -c <"$tmp/out")" -eq 500004 ] || die "not the one that fits"

listen -k -m 1024 --json
head -c 600000 /dev/zero | expect 0 connect --size 600000
kill -TERM "$listener"
expect_listener 143
says "$tmp/out" '"complete":false'
listen --json
head -c 600000 /dev/zero | expect 0 connect --size 600000
expect_listener 0
! grep '"complete":false' "$tmp/out" >/dev/null || die "it is in parts"

# -- the output: 1 -------------------------------------------------------------

listen_to /dev/full
yes | expect 5 connect
says "$tmp/err" 'aborted the association: .*the output cannot be written'
expect_listener 1
says "$tmp/said" 'standard output: No space left on device'

mkfifo "$tmp/pipe"
head -n 1 <"$tmp/pipe" >"$tmp/head" &
pids="$pids $!"
listen_to "$tmp/pipe"
yes | expect 5 connect
expect_listener 1
says "$tmp/said" 'standard output: Broken pipe'
echo y | cmp - "$tmp/head"

# Descriptors that are closed are nobody's sockets.
listen
expect 0 connect <&-
expect_listener 0
listen --wait never
code=0
echo hi | "$gsctp" cat -u 0 --bind "$host" --peer-udp-port "$udp_port" \
    "$host" "$port" >&- || code=$?
[ "$code" -eq 0 ] || die "no output: $code"
expect_listener 0
echo hi | cmp - "$tmp/out"

# -- signals: 128 and the signal's number --------------------------------------

# A client in the background that has an association with a listener that
# says so (-v).
connect_forever() { # option...
	rm -f "$tmp/client"
	mkfifo "$tmp/client"
	"$gsctp" cat -u 0 --bind "$host" --peer-udp-port "$udp_port" --events \
	    --wait never "$@" "$host" "$port" </dev/null 2>"$tmp/client" &
	client=$!
	pids="$pids $client"
	exec 4<"$tmp/client"
	read -r line <&4 || die "the client says nothing"
	case $line in
	*comm_up*) ;;
	*) die "the client says: $line" ;;
	esac
	# And the listener has taken it.
	read -r line <&3
	case $line in
	*connected*) ;;
	*) die "the listener says: $line" ;;
	esac
}

expect_client() { # code
	code=0
	wait "$client" || code=$?
	cat <&4 >"$tmp/err"
	exec 4<&-
	[ "$code" -eq "$1" ] && return
	cat "$tmp/err" >&2
	die "the client: $code, not $1"
}

for signal in INT TERM; do
	# What a shell would say of a program that it ended.
	wanted=130
	[ $signal = INT ] || wanted=143
	listen
	kill -$signal "$listener"
	expect_listener $wanted

	listen -v
	connect_forever
	kill -$signal "$client"
	expect_client $wanted
	expect_listener 0

	listen -v
	connect_forever
	kill -$signal "$listener"
	expect_listener $wanted
	expect_client 0
done

# While it asks a peer that does not answer: nobody wants to know any more.
udp_port=1
start_client /dev/null "$tmp/copy"
# A shell that has just forked may lose a signal.
tries=0
until readlink "/proc/$client/exe" | grep gsctp >/dev/null; do
	tries=$((tries + 1))
	[ "$tries" -lt 100000 ] || die "there is no gsctp"
done
kill -TERM "$client"
code=0
wait "$client" || code=$?
[ "$code" -eq 143 ] || die "ended while it connects: $code"
[ ! -s "$tmp/err" ] || die "it says: $(cat "$tmp/err")"

# The peer is still, so the end would take its time: the second ends it.
listen -v
connect_forever
freeze "$listener"
kill -INT "$client"
kill -TERM "$client"
expect_client 130
kill -CONT "$listener"
end_listener

# Its input is cut off by the peer's end, which is after it has come.
listen --idle 8s
mkfifo "$tmp/input"
exec 5<>"$tmp/input"
start_client "$tmp/input" "$tmp/copy"
code=0
wait "$client" || code=$?
[ "$code" -eq 0 ] || die "a client whose peer has enough: $code"
end_listener
exec 5>&-

# -- a peer that is not there any more: 5 --------------------------------------

# shellcheck disable=SC2086
vanish() { # signal
	listen -v $impatient
	connect_forever $impatient
	kill "-$1" "$client"
	expect_listener 5
	says "$tmp/said" 'does not answer any more: the association is lost'
	kill -KILL "$client" 2>/dev/null || :
	wait "$client" || :
	exec 4<&-

	listen -v $impatient
	connect_forever $impatient
	kill "-$1" "$listener"
	expect_client 5
	says "$tmp/err" 'does not answer any more: the association is lost'
	kill -KILL "$listener" 2>/dev/null || :
	end_listener
}
vanish KILL
vanish STOP

# With data on its way.
# shellcheck disable=SC2086
{
	listen $impatient
	freeze "$listener"
	kill -CONT "$listener"
	yes | connect $impatient >"$tmp/copy" 2>"$tmp/err" &
	client=$!
	tries=0
	until [ -s "$tmp/out" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000000 ] || die "no data"
	done
	kill -KILL "$listener"
	code=0
	wait "$client" || code=$?
	[ "$code" -eq 5 ] || die "a client whose peer was killed: $code"
	says "$tmp/err" 'messages, or parts, may not have arrived'
	end_listener
}

# One that others follow.
# shellcheck disable=SC2086
listen -v -k $impatient
# shellcheck disable=SC2086
connect_forever $impatient
kill -KILL "$client"
wait "$client" || :
exec 4<&-
echo hi | expect 0 connect
kill -TERM "$listener"
expect_listener 143
echo hi | cmp - "$tmp/out"

echo "cat_ends: all are told"
