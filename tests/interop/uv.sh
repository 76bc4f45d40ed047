#!/bin/sh
# A mailbox in a libuv loop: the example does its talk, ends by itself, and the
# loop turns only where there is something to read.

set -eu
: "${top_builddir:=.}"
program=$top_builddir/apps/examples/uv_loop

if [ ! -x "$program" ]; then
	echo "uv: built without libuv: skipped"
	exit 77
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

die() {
	echo "uv: $*" >&2
	cat "$tmp/said" >&2
	exit 1
}

timeout -k 5 60 "$program" >"$tmp/said" 2>&1 || die "uv_loop fails"
cat "$tmp/said"

n=0
while [ "$n" -lt 10 ]; do
	for who in server client; do
		grep -x "$who has \"hello $n\"" "$tmp/said" >/dev/null ||
		    die "the $who has not had hello $n"
	done
	n=$((n + 1))
done
for line in 'server: comm_up' 'client: comm_up' 'client: shutdown_comp'; do
	grep -x "$line" "$tmp/said" >/dev/null || die "no line '$line'"
done

# shellcheck disable=SC2046
set -- $(sed -n 's/^10 said, 10 echoed, \([0-9]*\) messages, passive \([0-9]*\) times, \([0-9]*\) turns of the loop$/\1 \2 \3/p' "$tmp/said")
[ "$#" -eq 3 ] || die "the last line is not as it should be"
# Each side has 11 or more, 4 at a time.
[ "$2" -ge 4 ] || die "passive $2 times only"
[ "$3" -le "$1" ] || die "$3 turns of the loop for $1 messages"
