#!/bin/sh
# gsctp serve: each service does what it says, for many at once; limits hold;
# what is counted is what was sent; and it ends as it is told to.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

gsctp=$top_builddir/apps/gsctp/gsctp
load=$top_builddir/tests/tool/serve_load
[ -x "$gsctp" ] || skip "the gsctp command is not built"
[ -x "$load" ] || die "$load is not built"
use_tmp
GSCTP_ADDRS=127.0.0.1
export GSCTP_ADDRS
unset GSCTP_PEER_UDP_PORT

# -- servers and clients -------------------------------------------------------

# The next line that the server says, in $said.
hear() {
	read -r said <&4 || die "the server says no more; on stderr:" \
	    "$(cat "$tmp/err")"
}

# The value of the first "NAME": in $said.
field() {
	echo "$said" | sed -n "s/^[^[]*\"$1\":\"\\{0,1\\}\\([^,\"}]*\\).*/\\1/p"
}

# start ARGUMENTS: a server, its $port, and the UDP port for clients.
start() {
	rm -f "$tmp/out"
	mkfifo "$tmp/out"
	GSCTP_UDP_PORT=0 "$gsctp" serve --json "$@" >"$tmp/out" \
	    2>"$tmp/err" &
	server=$!
	pids="$pids $server"
	exec 4<"$tmp/out"
	hear
	[ "$(field type)" = listening ] || die "not listening: $said"
	port=$(field port)
	peer_udp_port=$(field udp_port)
}

# stop SIGNAL CODE: it ends with that code, and says its statistics.
stop() {
	kill "-$1" "$server"
	expect_end "$2"
}

expect_end() {
	while read -r line <&4; do
		said=$line
	done
	exec 4<&-
	code=0
	wait "$server" || code=$?
	[ "$code" -eq "$1" ] || die "it ended with $code, not $1:" \
	    "$(cat "$tmp/err")"
	[ "$(field type)" = statistics ] || die "it ended with: $said"
}

# Statistics, in $said; what else it says before is left out.
ask() {
	kill -USR1 "$server"
	hear
	while [ "$(field type)" != statistics ]; do
		hear
	done
}

# Ask until it is so: what a client has done arrives a little later.
ask_until() { # NAME VALUE
	tries=0
	ask
	while [ "$(field "$1")" != "$2" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 20000 ] || die "$1 does not become $2: $said"
		ask
	done
}

# The same, until it has the text, or has it no more.
ask_while() { # TEXT
	ask
	while echo "$said" | grep -q "$1"; do
		ask
	done
}

ask_for() { # TEXT
	ask
	while ! echo "$said" | grep -q "$1"; do
		ask
	done
}

expect() { # NAME VALUE
	[ "$(field "$1")" = "$2" ] || die "$1 is not $2: $said"
}

at_most() { # NAME VALUE
	[ "$(field "$1")" -le "$2" ] || die "$1 is above $2: $said"
}

at_least() { # NAME VALUE
	[ "$(field "$1")" -ge "$2" ] || die "$1 is below $2: $said"
}

# Processor time that the server has used.
ticks() {
	sed 's/.*) //' "/proc/$server/stat" | awk '{ print $12 + $13 }'
}

# client WHAT ...: in front, with nothing to read.
client() {
	what=$1
	shift
	GSCTP_UDP_PORT=0 GSCTP_PEER_UDP_PORT=$peer_udp_port \
	    "$load" "$what" "$port" "$@" </dev/null
}

# leave N WHAT ...: behind, with what it says in $heard, until leave_end N.
leave() {
	n=$1
	what=$2
	shift 2
	rm -f "$tmp/go$n" "$tmp/client$n"
	mkfifo "$tmp/go$n" "$tmp/client$n"
	GSCTP_UDP_PORT=0 GSCTP_PEER_UDP_PORT=$peer_udp_port \
	    "$load" "$what" "$port" "$@" <"$tmp/go$n" >"$tmp/client$n" &
	pids="$pids $!"
	case $n in
	1) client1=$! ;;
	2) client2=$! ;;
	esac
	case $n in
	1) exec 5>"$tmp/go1" 6<"$tmp/client1" && read -r heard <&6 ;;
	2) exec 7>"$tmp/go2" 8<"$tmp/client2" && read -r heard <&8 ;;
	esac || die "client $n says nothing"
}

leave_end() {
	case $1 in
	1) exec 5>&- && cat <&6 >"$tmp/rest" && exec 6<&- && wait "$client1" ;;
	2) exec 7>&- && cat <&8 >"$tmp/rest" && exec 8<&- && wait "$client2" ;;
	esac || die "client $1 fails"
}

# -- the command line ----------------------------------------------------------

refuse_usage() {
	code=0
	"$gsctp" serve "$@" >"$tmp/none" 2>"$tmp/err" </dev/null || code=$?
	[ "$code" -eq 2 ] || die "serve $*: code $code"
	[ ! -s "$tmp/none" ] || die "serve $*: prints $(cat "$tmp/none")"
	grep -q '^gsctp serve: ' "$tmp/err" ||
	    die "serve $*: says $(cat "$tmp/err")"
}
refuse_usage
refuse_usage time
refuse_usage echo 65536
refuse_usage echo 7 8
refuse_usage --max-assocs 0 echo
refuse_usage --max-message 2g echo
refuse_usage --rate fast echo
refuse_usage --idle -1 echo
"$gsctp" serve --help >"$tmp/help"
[ "$(wc -l <"$tmp/help")" -le 36 ] || die "the help is longer than a screen"
[ -z "$(awk 'length > 80' "$tmp/help")" ] || die "the help is too wide"

# -- echo: many, large, and what is counted ------------------------------------

start echo 0 --max-assocs 200
leave 1 echo 200 10 20000
echo "$heard"
sent=$(echo "$heard" | sed -n \
    's/^echoed \([0-9]*\) messages, \([0-9]*\) bytes.*/\1 \2/p')
ask
expect associations 200
expect most 200
expect messages_in "${sent% *}"
expect messages_out "${sent% *}"
expect bytes_in "${sent#* }"
expect bytes_out "${sent#* }"
expect dropped 0
[ "$(echo "$said" | grep -o '"assoc_id"' | wc -l)" -eq 200 ] ||
    die "not every association is told of: $said"

# One more is refused, and hears why.
client read 9 >"$tmp/refused" || [ $? -eq 3 ] || die "refused: fails"
grep -q '^reason: too many associations$' "$tmp/refused" ||
    die "refused: $(cat "$tmp/refused")"
ask_until refused 1
expect associations 200

leave_end 1
client echo 4 8 1048576
ask_until ended 204
expect accepted 204
# Its clients shut down: none of them was lost.
expect lost 0
expect aborted 0
stop TERM 0
expect ended 204
expect associations 0

# Over a wire that loses, exchanges and doubles.
start echo 0 --grace 300ms --faults loss=5%,reorder=5%,duplicate=2%,seed=7
client echo 3 30 30000
stop TERM 0
expect messages_in 90
expect messages_out 90

# -- who sends and never reads, and who is killed ------------------------------

start echo 0 --grace 300ms
leave 1 flood 3 100000
echo "flood: $heard"
ask
expect associations 3
at_least held_back 3
# Of each: a message here, what is in the send buffer here, which takes one of
# the longest, and in the receive buffer there, and some on the way.
at_most bytes_in $((3 * (1048576 + 131072 + 3 * 100000)))
before=$(field bytes_in)
[ "$(echo "$said" | grep -o '"waits for room"' | wc -l)" -eq 3 ] ||
    die "not all wait for room: $said"
# It is nobody else's trouble.
client echo 5 20 50000
ask
at_least bytes_in $((before + 1))
kill -9 "$client1"
wait "$client1" 2>/dev/null || :
exec 5>&- 6<&-
leave 2 open 4
kill -9 "$client2"
wait "$client2" 2>/dev/null || :
exec 7>&- 8<&-
client echo 5 20 50000
ask_until associations 7
stop TERM 0
# The dead cannot take a shutdown.
expect aborted 7
expect ended 10

# A peer that is gone is noticed, and its place is free.
start chargen 0 -o rtoinfo.initial=100 -o rtoinfo.max=200 \
    -o rtoinfo.min=100 -o associnfo.asocmaxrxt=2
leave 1 open 1
kill -9 "$client1"
wait "$client1" 2>/dev/null || :
exec 5>&- 6<&-
ask_until lost 1
expect associations 0
stop TERM 0

# -- limits --------------------------------------------------------------------

start echo 0 --max-message 1000
[ "$(client send 1000 3 | wc -c)" -eq 1000 ] || die "1000 bytes do not pass"
for size in 1001 300000; do
	client send "$size" 3 >"$tmp/long" || :
	grep -q '^reason: a message is longer than 1000 bytes$' \
	    "$tmp/long" || die "$size bytes: $(cat "$tmp/long")"
done
ask_until aborted 2
expect messages_in 1
stop INT 0

start discard 0 --idle 200ms
client read 9 >"$tmp/idle"
grep -q '^end: graceful$' "$tmp/idle" || die "idle: $(cat "$tmp/idle")"
stop TERM 0
expect ended 1

start chargen 0 --rate 10k
before=$(date +%s%N)
client read 300 >"$tmp/lines"
after=$(date +%s%N)
# 22,200 bytes; 1000 may come at once, and one line is ahead.
[ $(((after - before) / 1000000)) -ge 2000 ] ||
    die "300 lines in $(((after - before) / 1000000)) ms"
ask
at_least rate_limited 20
stop TERM 0

start echo 0 --rate 20k
before=$(date +%s%N)
client send 30000 0 >"$tmp/none"
client echo 1 6 8000
stop TERM 0
at_least rate_limited 1

# Who has ended, and whose messages wait for hours, makes room for others.
start discard 0 --rate 1 --max-assocs 1
slow() { # bytes
	head -c "$1" /dev/zero | "$gsctp" cat -u 0 --size 1000 \
	    --peer-udp-port "$peer_udp_port" 127.0.0.1 "$port"
}
for i in 1 2 3; do
	slow 30000 || die "$i: there is no place: $?"
done
ask_until accepted 3
expect associations 1
expect refused 0
ask_until messages_in 61
# Who has not, does not.
mkfifo "$tmp/input"
slow_input() {
	"$gsctp" cat -u 0 --size 1000 --peer-udp-port "$peer_udp_port" \
	    127.0.0.1 "$port" <"$tmp/input"
}
slow_input &
pids="$pids $!"
exec 5>"$tmp/input"
head -c 2000 /dev/zero >&5
ask_until accepted 4
ask_until messages_in 91
client read 1 >"$tmp/refused" || [ $? -eq 3 ] || die "refused: fails"
grep -q '^reason: too many associations$' "$tmp/refused" ||
    die "it is not refused: $(cat "$tmp/refused")"
exec 5>&-
stop TERM 0
expect bytes_in 92000

# -- chargen and daytime -------------------------------------------------------

awk 'BEGIN {
	for (i = 0; i < 200; i++) {
		for (k = 0; k < 72; k++)
			printf "%c", 32 + (i + k) % 95
		printf "\r\n"
	}
}' >"$tmp/expected"
start chargen 0 --grace 300ms
client read 200 >"$tmp/lines"
cmp "$tmp/expected" "$tmp/lines" || die "chargen: another pattern"
# Who does not read is sent no more than there is room for.
leave 1 open 1
ask_for '"waits for room"'
at_least held_back 1
at_most bytes_out $((4 << 20))
leave_end 1
# Nor does one keep it busy who shuts down and does not read what is on the
# way: nothing more can be sent to him, nor does his association end.
leave 1 leave 1
ask_for '"waits for room"'
echo >&5
ask_while '"waits for room"'
expect associations 1
before=$(ticks)
sleep 1
after=$(ticks)
[ $((after - before)) -le 30 ] ||
    die "it used $((after - before)) ticks in a second, for nothing"
stop TERM 0
leave_end 1

start daytime 0
LC_ALL=C date '+%A, %B %d, %Y' >"$tmp/days"
client read 9 >"$tmp/time"
LC_ALL=C date '+%A, %B %d, %Y' >>"$tmp/days"
# A weekday, a month, a day, the year, the time, the zone.
grep -Eq '^[A-Z][a-z]+day, [A-Z][a-z]+ [0-9]{2}, [0-9]{4} [0-9:]{8} [^ ]+' \
    "$tmp/time" || die "daytime: $(cat "$tmp/time")"
grep -qF -f "$tmp/days" "$tmp/time" || die "another day: $(cat "$tmp/time")"
grep -q '^end: graceful$' "$tmp/time" || die "daytime does not end"
stop TERM 0
expect messages_out 1

# -- the end -------------------------------------------------------------------

# Peers that are there hear of it.
start echo 0
leave 1 open 3
stop TERM 0
expect ended 3
leave_end 1

# A second signal does not wait for who does not read.
start echo 0 --grace 1h
leave 1 flood 1 100000
kill -TERM "$server"
ask
expect associations 1
stop TERM 143
expect aborted 1
leave_end 1

# Nobody reads what it says: it says so, and ends.
start echo 0 --events
exec 4<&-
GSCTP_UDP_PORT=0 GSCTP_PEER_UDP_PORT=$peer_udp_port \
    "$load" open "$port" 1 </dev/null >"$tmp/none" || :
code=0
wait "$server" || code=$?
[ "$code" -eq 1 ] || die "a closed pipe: code $code"
grep -q '^gsctp serve: standard output: ' "$tmp/err" ||
    die "a closed pipe: $(cat "$tmp/err")"

# In words, on standard error.
rm -f "$tmp/out"
mkfifo "$tmp/out"
"$gsctp" serve discard 0 -u 0 --events 2>"$tmp/out" &
server=$!
pids="$pids $server"
exec 4<"$tmp/out"
hear
port=$(echo "$said" | sed -n \
    's/^gsctp serve: discard on port \([0-9]*\), UDP port [0-9]*$/\1/p')
peer_udp_port=$(echo "$said" | sed -n 's/.*UDP port \([0-9]*\)$/\1/p')
[ -n "$port" ] || die "it says: $said"
leave 1 open 1
hear
case $said in
*comm_up*) ;;
*) die "the event is: $said" ;;
esac
kill -USR1 "$server"
while hear; do
	case $said in
	"gsctp serve: discard: 1 associations, 1 at most; accepted 1, "*)
		break
		;;
	esac
done
hear
case $said in
"gsctp serve: assoc "*", 127.0.0.1:"*": in 0 messages, 0 bytes; "*) ;;
*) die "of the association: $said" ;;
esac
leave_end 1
kill -INT "$server"
cat <&4 >"$tmp/rest"
wait "$server" || die "SIGINT: code $?"
grep -q 'shutdown_comp' "$tmp/rest" || die "no shutdown_comp"
grep -q ' ended 1, lost 0' "$tmp/rest" || die "at the end: $(cat "$tmp/rest")"

# -- a port that is taken ------------------------------------------------------

start echo 0
code=0
"$gsctp" serve echo 0 -u "$peer_udp_port" 2>"$tmp/err2" || code=$?
[ "$code" -eq 1 ] || die "a UDP port that is taken: code $code"
grep -q 'another program has the UDP port' "$tmp/err2" ||
    die "a UDP port that is taken: $(cat "$tmp/err2")"
stop TERM 0

# -- the manual's examples -----------------------------------------------------

# In a network namespace, where the ports are free: the script again.
if [ "$(id -u)" -eq 0 ]; then flags=-n; else flags=-Urn; fi
if ! unshare "$flags" ip link set lo up 2>/dev/null; then
	skip "all is well, but for the manual's examples: no namespaces here"
fi
page=$top_srcdir/man/gsctp-serve.1
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^gsctp serve \(.*\)$/\1/p' "$page" \
    >"$tmp/examples"
[ "$(wc -l <"$tmp/examples")" -ge 4 ] || die "no examples in $page"
rm -f "$tmp/out"
mkfifo "$tmp/out"
while read -r example; do
	# The words of the example, and those of the inner shell.
	# shellcheck disable=SC2016,SC2086
	unshare "$flags" sh -c '
		ip link set lo up
		exec "$@" 2>&1' sh "$gsctp" serve $example >"$tmp/out" &
	server=$!
	pids="$pids $server"
	exec 4<"$tmp/out"
	hear
	echo "$said"
	case $said in
	*" on port "* | *'"listening"'*) first=$said ;;
	*) die "gsctp serve $example: says $said" ;;
	esac
	kill -USR1 "$server"
	kill "$server"
	cat <&4 >"$tmp/rest"
	code=0
	wait "$server" || code=$?
	[ "$code" -eq 0 ] || die "gsctp serve $example: code $code"
done <"$tmp/examples"
case $first in
*'"service":"chargen","port":19,'*) ;;
*) die "chargen is not on port 19: $first" ;;
esac

echo "serve: all is well"
