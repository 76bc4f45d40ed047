#!/bin/sh
# run.sh: the benchmark.  The programs take turns, round after round.
#
#   run.sh [-r ROUNDS] [-s SECONDS] [-w WARMUP] [-m "MEASURE..."] [-o OUT]
#          [-a PROGRAM] [-b PROGRAM]
#
#   -r  rounds [5]; crowd, memory and idle take three of them at most
#   -s  seconds of a throughput, a set-up or an idle measure [2]
#   -w  seconds before a throughput is measured [0.2]
#   -m  only these measures: flow-BYTES, ping, crowd-ASSOCIATIONS,
#       setup-SOCKETS, memory-ASSOCIATIONS, idle, loopback,
#       loopback-found, reference
#   -o  where table.txt, result.json, chart.svg and rounds.jsonl go
#       [$BENCH_DIR, where the programs are]
#   -a  bench_gsctp; another build's, to compare the two
#   -b  bench_usrsctp, or whatever it shall be compared with
#
# The table also goes to standard output.  A program that fails, as when a
# message is lost, ends this with status 1.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BENCH_DIR:=$here}"

usage() {
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

die() {
	echo "run.sh: $*" >&2
	exit 1
}

rounds=5
seconds=2
warmup=0.2
measures='flow-64 flow-1024 flow-16384 flow-65536 ping crowd-1 crowd-10000
    setup-1 setup-32 memory-1 memory-1000 memory-10000 idle loopback
    loopback-found reference'
out=$BENCH_DIR
a=$BENCH_DIR/bench_gsctp
b=$BENCH_DIR/bench_usrsctp
while getopts hr:s:w:m:o:a:b: c; do
	case $c in
	r) rounds=$OPTARG ;;
	s) seconds=$OPTARG ;;
	w) warmup=$OPTARG ;;
	m) measures=$OPTARG ;;
	o) out=$OPTARG ;;
	a) a=$OPTARG ;;
	b) b=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || usage
command -v jq >/dev/null || die "jq is not installed"
for program in "$a" "$b"; do
	command -v "$program" >/dev/null ||
	    die "$program is not there: BENCH_DIR says where make put them"
done
mkdir -p "$out"
lines=$out/rounds.jsonl
: >"$lines"

# one SIDE NAME PROGRAM ARG...: its line goes to the file.
one() {
	side=$1 name=$2 program=$3
	shift 3
	"$program" "$@" -s "$seconds" -w "$warmup" "$kind" >"$out/line" ||
	    die "$name: failed: $program $* $kind"
	jq -c --arg side "$side" --arg name "$name" --argjson round "$round" \
	    '{side: $side, name: $name, round: $round} + .' "$out/line" \
	    >>"$lines"
}

# turns NAME ARG...: the two in turn; who begins changes with the round.
turns() {
	measure=$1
	shift
	if [ $((round % 2)) -eq 1 ]; then
		one a "$measure" "$a" "$@"
		one b "$measure" "$b" "$@"
	else
		one b "$measure" "$b" "$@"
		one a "$measure" "$a" "$@"
	fi
}

take() {
	kind=${1%%-*}
	case $1 in
	flow-*)
		turns "$1" -l "${1#*-}"
		one c "$1" "$b" -c -l "${1#*-}"
		;;
	ping)
		turns "$1"
		one c "$1" "$b" -c
		;;
	setup-*) turns "$1" -n "${1#*-}" ;;
	crowd-*) [ "$round" -gt 3 ] || turns "$1" -n "${1#*-}" ;;
	memory-*)
		[ "$round" -le 3 ] || return 0
		turns "$1" -n "${1#*-}"
		one c "$1" "$b" -c -n "${1#*-}"
		;;
	idle) [ "$round" -gt 3 ] || turns "$1" ;;
	loopback)
		kind=flow
		# A packet is as long as UDP takes, in multiples of 4.
		one a loopback "$a" -l 65536 -m 65532
		one b loopback "$b" -l 65536
		;;
	loopback-found)
		kind=flow
		turns loopback-found -l 65536 -m 0
		;;
	reference)
		kind=flow
		one tcp flow-65536 "$BENCH_DIR/bench_tcp" -l 65536
		one udp flow-1472 "$BENCH_DIR/bench_udp" -l 1472
		one udp flow-1472-batch "$BENCH_DIR/bench_udp" -c -l 1472
		kind=ping
		one tcp ping "$BENCH_DIR/bench_tcp"
		one udp ping "$BENCH_DIR/bench_udp"
		;;
	*) die "$1: no such measure" ;;
	esac
}

began=$(date +%s)
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	[ ! -t 2 ] || echo "round $round of $rounds" >&2
	for m in $measures; do
		take "$m"
	done
done
rm -f "$out/line"

model=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
jq -s -f "$here/medians.jq" \
    --arg date "$(date -u +%Y-%m-%d)" \
    --arg kernel "$(uname -srm | sed 's/-[^ ]*//')" \
    --arg cpu "${model:-unknown}" \
    --argjson cpus "$(getconf _NPROCESSORS_ONLN)" \
    --arg load "$(cut -d ' ' -f 1 /proc/loadavg)" \
    --argjson rounds "$rounds" \
    --argjson seconds "$seconds" \
    --argjson took "$(($(date +%s) - began))" \
    "$lines" >"$out/result.json"
jq -r -f "$here/table.jq" "$out/result.json" >"$out/table.txt"
jq -r -f "$here/chart.jq" "$out/result.json" >"$out/chart.svg"
cat "$out/table.txt"
