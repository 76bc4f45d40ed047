#!/bin/sh
# gsctp perf: every mode over loopback, what its figures say, and how a test
# ends that does not end well.  perf_report.sh looks at the page.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/script.sh
. "$here/../support/script.sh"
: "${top_builddir:=.}"
gsctp=$(cd "$top_builddir" && pwd)/apps/gsctp/gsctp
[ -x "$gsctp" ] || skip "gsctp was built without jansson"
need jq mkfifo
use_tmp

# A server whose lines are read from descriptor 3: $server, $port, $udp.
bind=127.0.0.1
serve() {
	rm -f "$tmp/server"
	mkfifo "$tmp/server"
	"$gsctp" perf -s -p 0 -u 0 --bind "$bind" "$@" \
	    >"$tmp/server" 2>&1 &
	server=$!
	pids="$pids $server"
	exec 3<"$tmp/server"
	read -r line <&3 || die "the server says nothing"
	port=$(expr "$line" : 'listening on port \([0-9]*\), UDP port') ||
	    die "the server says: $line"
	udp=${line##* }
}

serve_anew() {
	kill "$server"
	wait "$server" || :
	exec 3<&-
	serve "$@"
}

# Wait for a line of the server's that has all of TEXT in it.
server_says() {
	while read -r line <&3; do
		case $line in
		*"$1"*) return 0 ;;
		esac
	done
	die "the server never said: $1"
}

client() {
	"$gsctp" perf -c 127.0.0.1 -p "$port" -u 0 --bind "$bind" \
	    --peer-udp-port "$udp" "$@"
}

# A test whose document is $tmp/json.
json() {
	code=0
	client --json "$@" >"$tmp/json" 2>"$tmp/err" || code=$?
	[ "$code" -eq 0 ] || die "perf $*: exit code $code: $(cat "$tmp/err")"
	[ ! -s "$tmp/err" ] || die "perf $*: says $(cat "$tmp/err")"
	[ "$(wc -l <"$tmp/json")" -eq 1 ] || die "perf $*: more than one line"
}

# Is it true of the document?
true_that() {
	jq -e "$1" "$tmp/json" >/dev/null && return 0
	cat "$tmp/json" >&2
	die "$what: not true: $1"
}

# The intervals of a direction add up to its total.
adds_up() {
	true_that ".end.$1.bytes_received ==
	    ([.intervals[].$1.bytes // 0] | add)"
	true_that ".end.$1.messages_received ==
	    ([.intervals[].$1.messages // 0] | add)"
	true_that "(.end.$1.seconds -
	    ([.intervals[].$1.seconds // 0] | add)) | fabs < 0.001"
	true_that ".end.$1.retransmissions ==
	    ([.intervals[].$1.retransmissions // 0] | add)"
	true_that "[.intervals[] | .start <= .end] | all"
	true_that "[.intervals[].number] | . == (sort | unique)"
}

is_complete() {
	true_that '.gsctp_perf == 1 and .end.is_complete and
	    .end.problem == null'
	true_that '[.end.client, .end.server | .cpu_seconds, .path_mtu,
	    .send_buffer, .receive_buffer, .sack_delay_ms, .sack_frequency,
	    .fragmentation_point] | map(type == "number" and . >= 0) | all'
	true_that '.end.server.encapsulation == "udp" and
	    .end.server.udp_port == '"$udp"
}

serve -4

what='to the server'
json -n 3000001 -l 1000
is_complete
adds_up to_server
true_that '.end.to_server | .bytes_received == 3000001 and
    .bytes_sent == 3000001 and .messages_received == 3001 and
    .messages_lost == 0 and .bits_per_second > 0'
true_that '.end.to_client == null and .end.latency == null'
true_that '.start.parameters | .mode == "throughput" and .bytes == 3000001
    and .length == 1000 and .time_ms == null and .to_server'
true_that '.end.client.cpu_seconds_per_gb > 0'
echo "perf: $what"

what='to the client'
json -n 3000001 -l 1000 -R
is_complete
adds_up to_client
true_that '.end.to_client.bytes_received == 3000001 and
    .end.to_client.messages_received == 3001 and .end.to_server == null'
echo "perf: $what"

what='both ways'
json -n 2000000 --bidir --streams 5
is_complete
adds_up to_server
adds_up to_client
true_that '.end.to_client.bytes_received == 2000000 and
    .end.to_server.bytes_received == 2000000'
true_that '.end.client.streams_out == 6 and .end.client.streams_in == 6'
echo "perf: $what"

what='three associations'
json -n 1000000 -P 3 -l 500 --unordered
is_complete
adds_up to_server
true_that '.end.to_server.bytes_received == 1000000'
true_that '(.end.associations | length) == 3 and
    ([.end.associations[].to_server_bytes] | add == 1000000 and min > 0)'
echo "perf: $what"

what='a large message'
json -n 3000000 -l 1m
true_that '.end.to_server.messages_received == 3 and
    .end.client.send_buffer >= 1048576'
echo "perf: $what"

# By time, in short intervals: there are some, and they are in order.
what='for a time'
json -t 1 -i 0.2
is_complete
adds_up to_server
true_that '.intervals | length >= 2'
true_that '[.intervals[0:2][].to_server | .bytes, .rtt_ms, .cwnd,
    .retransmissions] | map(type == "number") | all'
true_that '.end.to_server.seconds >= 0.5'
echo "perf: $what"

# 2 Mbit/s is nothing for any machine, and a pause is caught up on.
what='a target rate'
json -t 2 -b 2m -l 500
true_that '.end.to_server.bits_per_second | . > 1600000 and . < 2400000'
true_that '.start.parameters.target_bits_per_second == 2000000'
json -t 2 -b 2m -l 500 -R
true_that '.end.to_client.bits_per_second | . > 1600000 and . < 2400000'
echo "perf: $what"

what='partial reliability'
for pr in ttl:200 rtx:0; do
	json -n 500000 -l 1000 --pr "$pr"
	is_complete
	adds_up to_server
	true_that '.end.to_server | .messages_sent == 500 and
	    .messages_lost == .messages_sent - .messages_received and
	    .messages_abandoned >= 0'
done
true_that '.start.parameters.partial_reliability ==
    {"policy": "rtx", "value": 0}'
echo "perf: $what"

# On a wire that loses, nothing is lost but what may be.  Of packets as long as
# loopback's few would leave, and perhaps none be lost.
what='a wire that loses'
for way in '' -R; do
	# With 5 the packet with "go" is lost, and data comes before it.
	for seed in 3 5; do
		# shellcheck disable=SC2086
		json -n 300000 -l 1000 --faults mtu=1500,loss=5%,seed=$seed $way
		is_complete
		[ -n "$way" ] && to=to_client || to=to_server
		adds_up "$to"
		true_that ".end.$to | .messages_lost == 0 and
		    .bytes_received == 300000"
	done
done
true_that '.end.to_client.retransmissions > 0'
json -n 300000 -l 1000 --faults mtu=1500,loss=5%,seed=3 --pr rtx:0
is_complete
adds_up to_server
true_that '.end.to_server | .messages_lost > 0 and
    .messages_lost <= .messages_abandoned and
    .messages_received == 300 - .messages_lost'
echo "perf: $what"

what='latency'
json --latency -n 20000 -l 100
true_that '.end.is_complete and .end.latency.count == 200'
true_that '.end.latency | .min_us > 0 and .min_us <= .p50_us and
    .p50_us <= .p90_us and .p90_us <= .p99_us and .p99_us <= .p99_9_us and
    .p99_9_us <= .max_us'
true_that '.end.latency | .count == ([.histogram[].count] | add)'
true_that '.end.latency | .histogram[0].from_us <= .min_us and
    .histogram[-1].to_us >= .max_us'
true_that '([.intervals[].latency.count] | add) == 200'
true_that '.end.client.nodelay and .end.server.nodelay'
json --latency -t 0.5 -P 3
true_that '.end.latency.count > 3 and (.end.associations | length) == 3'
echo "perf: $what"

what='set-up'
json --setup -t 1 -P 4
true_that '.end.is_complete and .end.setup.count > 0 and
    .end.setup.per_second > 0 and .end.setup.failures == 0'
true_that '.end.setup.count == ([.intervals[].setup.count] | add)'
true_that '.end.setup.p50_us <= .end.setup.max_us'
echo "perf: $what"

# The manual's examples, at this server.
what='examples'
gsctp() {
	shift
	"$gsctp" perf "$@" -p "$port" -u 0 --bind "$bind" \
	    --peer-udp-port "$udp"
}
sed -n '/^\.Sh EXAMPLES/,/^\.Sh S/s/^gsctp perf -c/&/p' \
    "$here/../../man/gsctp-perf.1" >"$tmp/examples"
n=0
while read -r example <&5; do
	(cd "$tmp" && eval "$example") >"$tmp/text" 2>"$tmp/err" ||
	    die "$what: $example: $(cat "$tmp/err")"
	[ -s "$tmp/text" ] || die "$what: $example says nothing"
	n=$((n + 1))
done 5<"$tmp/examples"
[ "$n" -ge 6 ] || die "$what: $n only"
[ -s "$tmp/latency.html" ] || die "$what: no page"
echo "perf: $n $what"

# Two at once: each has all of its own, and neither the server's CPU time.
what='two clients at once'
client --json -t 3 >"$tmp/other" &
other=$!
pids="$pids $other"
server_says ': throughput, to the server, 3 s'
json -t 1
complete_cpu=$(jq .end.server.cpu_seconds "$tmp/json")
[ "$complete_cpu" = null ] || die "$what: CPU of the server: $complete_cpu"
adds_up to_server
wait "$other" || die "$what: the other one fails"
mv "$tmp/other" "$tmp/json"
adds_up to_server
true_that '.end.server.cpu_seconds == null'
echo "perf: $what"

# For a person.
what='text'
client -n 1m -i 0.1 >"$tmp/text" || die "$what: fails"
grep '^to the server: 1.0 MB received in .*bit/s; [0-9]* chunks' "$tmp/text" >/dev/null ||
    die "$what: no summary: $(cat "$tmp/text")"
grep ' -> .* 100 %$' "$tmp/text" >/dev/null || die "$what: no line"
for row in 'encapsulation .*UDP' 'path MTU' 'send buffer' 'receive buffer' \
    'SACK after' 'CPU for a GB'; do
	grep "^  $row" "$tmp/text" >/dev/null || die "$what: no $row"
done
client --latency -n 6400 >"$tmp/text"
grep '^round trip: min .*, p50 .*, p90 .*, p99 .*, p99.9 .*, max ' \
    "$tmp/text" >/dev/null || die "$what: no round trip"
grep '^100 round trips of 64 bytes' "$tmp/text" >/dev/null ||
    die "$what: not 100 round trips"
echo "perf: $what"

what='a full disk'
is_full() {
	grep '^gsctp perf: standard output: No space left' "$tmp/err" \
	    >/dev/null || die "$what: $args: says $(cat "$tmp/err")"
}
if [ -c /dev/full ]; then
	for args in '' --json; do
		code=0
		# shellcheck disable=SC2086
		client -n 1000 $args >/dev/full 2>"$tmp/err" || code=$?
		[ "$code" -eq 1 ] || die "$what: $args: exit code $code"
		is_full
		code=0
		# shellcheck disable=SC2086
		timeout -k 5 60 "$gsctp" perf -s -p 0 -u 0 --bind "$bind" $args \
		    >/dev/full 2>"$tmp/err" || code=$?
		[ "$code" -eq 1 ] || die "$what: -s $args: exit code $code"
		is_full
	done
	code=0
	client -n 1000 --report /dev/full >"$tmp/text" 2>"$tmp/err" || code=$?
	[ "$code" -eq 1 ] || die "$what: --report: exit code $code"
	grep '^gsctp perf: /dev/full: ' "$tmp/err" >/dev/null ||
	    die "$what: --report: says $(cat "$tmp/err")"
	echo "perf: $what"
fi

# Long before the test is over.
what='nobody reads any more'
mkfifo "$tmp/pipe"
head -n 4 <"$tmp/pipe" >"$tmp/head" &
pids="$pids $!"
code=0
client -t 600 -i 0.2 >"$tmp/pipe" 2>"$tmp/err" || code=$?
[ "$code" -eq 1 ] || die "$what: exit code $code"
grep '^gsctp perf: standard output: Broken pipe' "$tmp/err" >/dev/null ||
    die "$what: says $(cat "$tmp/err")"
[ "$(wc -l <"$tmp/head")" -eq 4 ] || die "$what: not four lines"
for args in '' --json; do
	# shellcheck disable=SC2086
	"$gsctp" perf -s -p 0 -u 0 --bind "$bind" $args >"$tmp/pipe" \
	    2>"$tmp/said" &
	deaf=$!
	pids="$pids $deaf"
	exec 4<"$tmp/pipe"
	read -r line <&4 || die "$what: -s $args: not a word"
	exec 4<&-
	numbers=$(echo "$line" | tr -cs '0-9\n' ' ')
	# shellcheck disable=SC2086
	set -- $numbers
	"$gsctp" perf -c 127.0.0.1 -p "$1" -u 0 --bind "$bind" \
	    --peer-udp-port "$2" -n 1000 >"$tmp/text" 2>"$tmp/err" || :
	code=0
	wait "$deaf" || code=$?
	[ "$code" -eq 1 ] || die "$what: -s $args: exit code $code"
	grep '^gsctp perf: standard output: Broken pipe' "$tmp/said" \
	    >/dev/null || die "$what: -s $args: says $(cat "$tmp/said")"
done
echo "perf: $what"

# From here on clients fall silent.
serve_anew -4 --idle 2

what='garbage'
GSCTP_UDP_PORT=0 GSCTP_PEER_UDP_PORT=$udp \
    "$top_builddir/tests/tool/perf_garbage" 127.0.0.1 "$port" \
    >"$tmp/garbage" 2>&1 || die "$what: $(cat "$tmp/garbage")"
kill -0 "$server" || die "$what: the server has died"
json -n 100000
is_complete
server_says ': throughput, to the server, 100000 bytes'
echo "perf: $what: $(wc -l <"$tmp/garbage") kinds of it"

# Run a client, and stop at its first interval: $running.
begin() {
	rm -f "$tmp/client"
	mkfifo "$tmp/client"
	# Not by client(): the signal is for the program, not for a shell.
	"$gsctp" perf -c 127.0.0.1 -p "$port" -u 0 --bind "$bind" \
	    --peer-udp-port "$udp" -t 30 -i 0.2 "$@" >"$tmp/client" 2>"$tmp/err" &
	running=$!
	pids="$pids $running"
	exec 4<"$tmp/client"
	while read -r line <&4; do
		case $line in
		*%) return 0 ;;
		esac
	done
	die "$what: no interval: $(cat "$tmp/err")"
}

# What it says until it ends, and its exit code.
ends_with() {
	cat <&4 >"$tmp/rest"
	code=0
	wait "$running" || code=$?
	[ "$code" -eq "$1" ] ||
	    die "$what: exit code $code: $(cat "$tmp/rest" "$tmp/err")"
}

for way in '' -R; do
	what="SIGINT $way"
	# shellcheck disable=SC2086
	begin $way
	kill -INT "$running"
	ends_with 130
	grep '^to the .* received in' "$tmp/rest" >/dev/null ||
	    die "$what: no summary: $(cat "$tmp/rest")"
	grep '^not complete: interrupted' "$tmp/rest" >/dev/null ||
	    die "$what: it is said to be complete"
	echo "perf: $what"
done

what='SIGTERM'
begin --latency
kill -TERM "$running"
ends_with 143
grep '^round trip: min' "$tmp/rest" >/dev/null || die "$what: no summary"
echo "perf: $what"

for way in '' -R --latency; do
	what="kill -9 of the client $way"
	# shellcheck disable=SC2086
	begin $way
	kill -9 "$running"
	ends_with 137
	server_says 'not complete: the client is gone: not a word of it'
	json -n 100000
	is_complete
	echo "perf: $what"
done

what='the server ends'
begin
kill -TERM "$server"
ends_with 5
grep 'the server is gone: the association was lost: the server ends' \
    "$tmp/err" >/dev/null || die "$what: says $(cat "$tmp/err")"
code=0
wait "$server" || code=$?
[ "$code" -eq 143 ] || die "$what: its exit code is $code"
exec 3<&-
echo "perf: $what"

serve -4
for way in '' -R --latency; do
	what="kill -9 of the server $way"
	# shellcheck disable=SC2086
	begin $way --idle 2
	kill -9 "$server"
	ends_with 5
	grep 'the server is gone: not a word for 2 s' "$tmp/err" >/dev/null ||
	    die "$what: says $(cat "$tmp/err")"
	wait "$server" || :
	exec 3<&-
	serve -4
	echo "perf: $what"
done

what='nobody serves'
client -p 9 -t 1 >"$tmp/text" 2>"$tmp/err" && die "$what: and it works"
code=0
client -p 9 -t 1 >"$tmp/text" 2>"$tmp/err" || code=$?
[ "$code" -eq 3 ] || die "$what: exit code $code"
grep 'refused: is "gsctp perf -s" there?' "$tmp/err" >/dev/null ||
    die "$what: says $(cat "$tmp/err")"
# Nor is there anybody to say so.
code=0
"$gsctp" perf -c 127.0.0.1 -u 0 --bind "$bind" --peer-udp-port 1 -t 1 \
    -o initmsg.max_attempts=1 -o rtoinfo.min=50ms -o rtoinfo.initial=100ms \
    >"$tmp/text" 2>"$tmp/err" || code=$?
[ "$code" -eq 4 ] || die "$what: nobody at all: exit code $code"
grep 'no answer: is "gsctp perf -s" there' "$tmp/err" >/dev/null ||
    die "$what: nobody at all: says $(cat "$tmp/err")"
echo "perf: $what"

what='IPv6'
if [ -e /proc/net/if_inet6 ] && grep '^0*1 ' /proc/net/if_inet6 >/dev/null
then
	bind=::1
	serve_anew -1
	"$gsctp" perf -c ::1 -p "$port" -u 0 --bind "$bind" \
	    --peer-udp-port "$udp" -n 1m --json >"$tmp/json" || die "$what: fails"
	true_that '.end.to_server.bytes_received == 1000000'
	wait "$server" || die "$what: --one-off ends badly"
	echo "perf: $what"
fi

what='command line'
for args in '' '-s -R' '-c h -R --bidir' '-c h -n 1m -t 5' '-c h -l 0' \
    '-c h -l 2m' '-c h -P 129' '-c h -t 0' '-c h --pr prio:1' \
    '-c h --pr ttl' '-c h --setup -n 1m' '-c h -i 0.01' '-s host' '-p x -s'; do
	code=0
	# shellcheck disable=SC2086
	"$gsctp" perf $args >"$tmp/text" 2>"$tmp/err" || code=$?
	[ "$code" -eq 2 ] || die "$what: '$args' has exit code $code"
	[ -s "$tmp/err" ] || die "$what: '$args' says nothing"
done
"$gsctp" perf --help >"$tmp/text"
[ "$(wc -l <"$tmp/text")" -le 40 ] || die "$what: help fills two screens"
echo "perf: $what"
