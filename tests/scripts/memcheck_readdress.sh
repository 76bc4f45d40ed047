#!/bin/sh
# Addresses that change all the time, over a relay that loses 20 % of the
# packets, under valgrind's memcheck: nothing is read or written that is not
# ours, nothing is leaked, and no message is lost.
#
#   GSCTP_TEST_SECONDS   how long [15]
#   GSCTP_TEST_SEED      as for readdress

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
readdress=$top_builddir/tests/integration/readdress
seconds=${GSCTP_TEST_SECONDS:-8}

skip() {
	echo "memcheck_readdress: $*: skipped"
	exit 77
}
command -v valgrind >/dev/null || skip "valgrind is not installed"
! grep -e '-fsanitize=' "$top_builddir/config.status" >/dev/null ||
    skip "this build has a sanitizer"
if [ ! -x "$readdress" ]; then
	echo "memcheck_readdress: $readdress is not built" >&2
	exit 1
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# What is still reachable in the end is no leak.
result=0
"$top_builddir/libtool" --mode=execute \
    valgrind --tool=memcheck \
    --leak-check=full --errors-for-leak-kinds=definite \
    --show-leak-kinds=definite --num-callers=30 --error-exitcode=9 \
    --suppressions="$top_srcdir/tests/support/valgrind.supp" \
    --log-file="$tmp/log" \
    "$readdress" -t "$seconds" -l 20 || result=$?
if ! grep 'ERROR SUMMARY: 0 errors from 0 contexts' "$tmp/log" >/dev/null
then
	cat "$tmp/log" >&2
	result=1
fi
[ "$result" -ne 0 ] || echo "memcheck_readdress: no error"
exit "$result"
