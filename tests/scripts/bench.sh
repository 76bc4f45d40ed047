#!/bin/sh
# The benchmark, in short: every measure of both libraries has its figures;
# medians and ratios are those of what was measured; and a message that is
# lost, out of place or changed makes it fail.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/script.sh
. "$here/../support/script.sh"
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
BENCH_DIR=$top_builddir/tests/bench
export BENCH_DIR
[ -x "$BENCH_DIR/bench_gsctp" ] || die "bench_gsctp is not built"
need jq
use_tmp
run=$top_srcdir/tests/bench/run.sh

# -- what goes wrong is noticed ------------------------------------------------

for program in gsctp usrsctp tcp; do
	for fault in lose swap flip; do
		code=0
		"$BENCH_DIR/bench_$program" -s 10 -w 10 -l 1024 -f "$fault" flow \
		    >"$tmp/out" 2>"$tmp/err" || code=$?
		[ "$code" -eq 1 ] || die "$program, $fault: status $code"
		[ ! -s "$tmp/out" ] || die "$program, $fault: has a result"
		case $fault in
		flip) why='has other bytes than were sent' ;;
		*) why='message 1001 came, not 1000' ;;
		esac
		grep "^$program: .*$why" "$tmp/err" >/dev/null ||
		    die "$program, $fault: says $(cat "$tmp/err")"
	done
done
echo "bench: messages lost, out of place and changed are noticed"

for program in gsctp usrsctp; do
	code=0
	"$BENCH_DIR/bench_$program" -t 1 -s 60 flow >"$tmp/out" 2>"$tmp/err" ||
	    code=$?
	[ "$code" -eq 1 ] || die "$program, too long: status $code"
	grep 'no end in time' "$tmp/err" >/dev/null ||
	    die "$program, too long: says $(cat "$tmp/err")"
done
echo "bench: so is what does not end"

code=0
sh "$run" -r 1 -m ping -o "$tmp/no" -a false >"$tmp/out" 2>"$tmp/err" ||
    code=$?
[ "$code" -eq 1 ] || die "a program that fails: status $code"
[ ! -s "$tmp/out" ] || die "a program that fails: has a table"
grep '^run.sh: ping: failed' "$tmp/err" >/dev/null ||
    die "a program that fails: says $(cat "$tmp/err")"

# -- medians and ratios --------------------------------------------------------

# A program that has measured the first FIGURE in the first round, and so on,
# and OTHER where it is asked for its other way to receive.
made_up() { # made_up NAME OTHER FIGURE...
	name=$1 other=$2
	shift 2
	cat >"$tmp/$name" <<-END
		#!/bin/sh
		figure=$other
		if [ "\$1" != -c ]; then
			echo again >>"$tmp/$name.calls"
			n=\$(grep -c again "$tmp/$name.calls")
			set -- $*
			shift \$((n - 1))
			figure=\$1
		fi
		echo "{\"program\":\"$name\",\"p50_us\":\$figure,\"p99_us\":0}"
	END
	chmod +x "$tmp/$name"
}

made_up one 1000 9 2 7 1 4
made_up two 8 10 30 20 0 0
sh "$run" -r 5 -m ping -o "$tmp/made-up" -a "$tmp/one" -b "$tmp/two" \
    >/dev/null
jq -e '.rows[] | select(.figure == "p50_us") | .sides.a |
    .median == 4 and .min == 1 and .max == 9 and (.values | length) == 5' \
    "$tmp/made-up/result.json" >/dev/null ||
    die "medians: $(jq -c '.rows' "$tmp/made-up/result.json")"
jq -e '.rows[] | select(.figure == "p50_us") |
    .ratio == 0.4 and .ratio_c == 0.5' \
    "$tmp/made-up/result.json" >/dev/null ||
    die "ratios: $(jq -c '.rows' "$tmp/made-up/result.json")"
jq -e '.rows[] | select(.figure == "p99_us") | .ratio == null' \
    "$tmp/made-up/result.json" >/dev/null || die "a ratio by 0"
echo "bench: medians and ratios"

# -- the real thing, in short --------------------------------------------------

measures='flow-64 flow-1024 flow-16384 flow-65536 ping crowd-3 setup-1
    setup-4 memory-1 memory-20 idle loopback
    loopback-found reference'
sh "$run" -r 1 -s 0.1 -w 0.02 -m "$measures" -o "$tmp/real" >"$tmp/table" ||
    die "the benchmark fails"
result=$tmp/real/result.json

# has MEASURE SIDES FIGURE...: each of them, and more than 0.
has() {
	name=$1 sides=$2
	shift 2
	for figure; do
		for side in $sides; do
			jq -e --arg m "$name" --arg s "$side" \
			    --arg f "$figure" '.rows[] |
			    select(.measure == $m and .figure == $f) |
			    .sides[$s].median > 0' "$result" >/dev/null ||
			    die "$name, $side: no $figure"
		done
	done
}

cpu='cpu_s_gb cpu_send_s_gb cpu_receive_s_gb'
for size in 64 1024 16384; do
	# shellcheck disable=SC2086
	has "flow-$size" 'a b c' mb_s messages_s $cpu
done
# shellcheck disable=SC2086
has flow-65536 'a b c tcp' mb_s messages_s $cpu
has flow-1472 udp mb_s
has ping 'a b c tcp udp' p50_us p99_us cpu_us_trip
has flow-1472-batch udp mb_s
has crowd-3 'a b' p50_us p99_us cpu_us_trip
has setup-1 'a b' setups_s cpu_us_setup
has setup-4 'a b' setups_s cpu_us_setup
# A sanitizer's malloc() does not tell.
if ! grep -E 'lib(asan|tsan)\.so' "$top_builddir"/lib/.libs/libgsctp.so.0 \
    >/dev/null; then
	has memory-1 'a b c' heap_assoc heap_socket
	has memory-20 'a b c' heap_assoc heap_socket
fi
has loopback 'a b' mb_s cpu_s_gb fragment
has loopback-found 'a b' mb_s cpu_s_gb fragment
has idle b wakeups_s cpu_ms_s
has idle a cpu_ms_s

# The same as another one finds it.
jq -r '.rows[] | select(.ratio != null) |
    [.measure, .figure, .sides.a.median, .sides.b.median, .ratio] | @tsv' \
    "$result" >"$tmp/ratios"
# shellcheck disable=SC2016
"${AWK:-awk}" '{
	d = $3 / $4 - $5
	if (d > 1e-9 || d < -1e-9) {
		print "bench: " $1 ", " $2 ": " $5 " is not " $3 / $4
		exit 1
	}
	n++
} END { exit n < 25 }' "$tmp/ratios" || die "ratios: $(cat "$tmp/ratios")"

cmp -s "$tmp/table" "$tmp/real/table.txt" || die "two tables"
while IFS="$(printf '\t')" read -r name figure rest; do
	grep "^$name " "$tmp/table" >/dev/null ||
	    die "the table lacks $name, $figure, $rest"
done <"$tmp/ratios"
svg=$tmp/real/chart.svg
[ "$(grep -c '^<text x="16" y="[0-9]*">' "$svg")" -gt 10 ] ||
    die "the chart has no rows"
head -n 1 "$svg" | grep '^<svg xmlns="http://www.w3.org/2000/svg"' \
    >/dev/null || die "the chart is none"
[ "$(tail -n 1 "$svg")" = '</svg>' ] || die "the chart has no end"
echo "bench: every figure, its ratio, the table and the chart"
