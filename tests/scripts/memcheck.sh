#!/bin/sh
# The stress test under valgrind's memcheck, with four threads a side and a
# relay that loses 5 % of the packets: nothing is read or written that is not
# ours, nothing decides by a value that was never set, and nothing is lost.
#
#   GSCTP_TEST_SECONDS   how long [10]
#   GSCTP_TEST_SEED      as for stress

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
stress=$top_builddir/tests/integration/stress
seconds=${GSCTP_TEST_SECONDS:-5}

skip() {
	echo "memcheck: $*: skipped"
	exit 77
}
command -v valgrind >/dev/null || skip "valgrind is not installed"
! grep -e '-fsanitize=' "$top_builddir/config.status" >/dev/null ||
    skip "this build has a sanitizer"
if [ ! -x "$stress" ]; then
	echo "memcheck: $stress is not built" >&2
	exit 1
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# A log for each process: stress itself and its two sides.  What is still
# reachable in the end is no leak.
result=0
"$top_builddir/libtool" --mode=execute \
    valgrind --tool=memcheck --trace-children=yes \
    --leak-check=full --errors-for-leak-kinds=definite \
    --show-leak-kinds=definite --num-callers=30 --error-exitcode=9 \
    --suppressions="$top_srcdir/tests/support/valgrind.supp" \
    --log-file="$tmp/log.%p" \
    "$stress" -t "$seconds" -n 4 -l 5 -r 40 || result=$?

processes=0
for log in "$tmp"/log.*; do
	[ -e "$log" ] || continue
	# The other processes are what libtool runs on its way.
	grep 'Command: .*stress' "$log" >/dev/null || continue
	processes=$((processes + 1))
	grep 'ERROR SUMMARY: 0 errors from 0 contexts' "$log" >/dev/null &&
	    continue
	cat "$log" >&2
	result=1
done
if [ "$processes" -ne 3 ]; then
	echo "memcheck: $processes processes were looked at, not 3" >&2
	result=1
fi
[ "$result" -ne 0 ] || echo "memcheck: $processes processes, no error"
exit "$result"
