#!/bin/sh
# run.sh: the benchmark.  Programs take turns, round after round; what they
# say goes to OUT/rounds.jsonl, its medians to standard output.
#
#   run.sh [-r ROUNDS] [-s SECONDS] [-m "MEASURE..."] [-o OUT]
#          [-a PROGRAM] [-b PROGRAM]
#
# MEASURE is flow-BYTES or ping.  PROGRAM is by default bench_gsctp, and
# bench_usrsctp, of $BENCH_DIR: those of two builds can be compared too.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BENCH_DIR:=$here}"

usage() {
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

rounds=5
seconds=2
measures='flow-64 flow-1024 flow-16384 flow-65536 ping'
out=$BENCH_DIR
a=$BENCH_DIR/bench_gsctp
b=$BENCH_DIR/bench_usrsctp
while getopts r:s:m:o:a:b: c; do
	case $c in
	r) rounds=$OPTARG ;;
	s) seconds=$OPTARG ;;
	m) measures=$OPTARG ;;
	o) out=$OPTARG ;;
	a) a=$OPTARG ;;
	b) b=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || usage
mkdir -p "$out"
rounds_file=$out/rounds.jsonl
: >"$rounds_file"

# one SIDE PROGRAM MEASURE: a line of the file.
one() {
	case $3 in
	flow-*) set -- "$1" "$2" "$3" -l "${3#flow-}" flow ;;
	ping) set -- "$1" "$2" "$3" ping ;;
	*) echo "run.sh: $3: no such measure" >&2; exit 2 ;;
	esac
	side=$1 program=$2 name=$3
	shift 3
	"$program" -s "$seconds" "$@" |
	    jq -c --arg side "$side" --arg name "$name" --argjson round "$i" \
		'{side: $side, name: $name, round: $round} + .' >"$out/line"
	[ -s "$out/line" ] || exit 1
	cat "$out/line" >>"$rounds_file"
}

i=0
while [ "$i" -lt "$rounds" ]; do
	i=$((i + 1))
	for m in $measures; do
		if [ $((i % 2)) -eq 1 ]; then
			one a "$a" "$m"
			one b "$b" "$m"
		else
			one b "$b" "$m"
			one a "$a" "$m"
		fi
	done
done
rm -f "$out/line"

# Medians, and those of a by those of b.
jq -s -r '
def median: sort | if length == 0 then null
    elif length % 2 == 1 then .[length / 2 | floor]
    else (.[length / 2] + .[length / 2 - 1]) / 2 end;
def keys_of: to_entries | map(select((.value | type) == "number" and
    (.key | IN("round", "size", "count", "mtu", "fragment", "seconds",
    "trips") | not))) | map(.key);
group_by(.name)[] | . as $all | .[0].name as $n |
(map(select(.side == "a"))[0].program) as $pa |
(map(select(.side == "b"))[0].program) as $pb |
(.[0] | keys_of)[] as $k |
($all | map(select(.side == "a")[$k]) | median) as $va |
($all | map(select(.side == "b")[$k]) | median) as $vb |
[$n, $k, $va, $vb, ($va / $vb)] | @tsv' "$rounds_file" |
    awk -F '\t' 'BEGIN { printf "%-12s %-18s %12s %12s %8s\n", "measure",
	"figure", "a", "b", "a/b" }
    { printf "%-12s %-18s %12.2f %12.2f %8.3f\n", $1, $2, $3, $4, $5 }'
