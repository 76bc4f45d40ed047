#!/bin/sh
# doc/testing.md names every test program and script there is, and no other;
# and Makefile.am has them all.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}"
doc=$top_srcdir/doc/testing.md

result=0
complain() {
	echo "testing: $*" >&2
	result=1
}

n=0
for file in "$top_srcdir"/tests/*/test_*.c "$top_srcdir"/tests/interop/*.sh \
    "$top_srcdir"/tests/preload/*.sh "$top_srcdir"/tests/scripts/*.sh \
    "$top_srcdir"/tests/tool/*.sh; do
	# Those that others source are no tests.
	head -n 1 "$file" | grep -v '^# [a-z]*\.sh: ' >/dev/null || continue
	path=${file#"$top_srcdir"/}
	path=${path%.c}
	name=$(basename "$path")
	n=$((n + 1))
	grep "\`$name\`" "$doc" >/dev/null ||
	    complain "doc/testing.md does not name $name"
	grep "	$path\( \\\\\)*$" "$top_srcdir/Makefile.am" >/dev/null ||
	    complain "Makefile.am does not run $path"
done
# make says nothing of a list that ends early, nor automake.
lost=$(awk '/^\t[a-z]+\// && !goes_on { print NR ": " $1 }
    { goes_on = /\\$/ }' "$top_srcdir/Makefile.am")
[ -z "$lost" ] || complain "Makefile.am: in no list, as no \\ is before it:" \
    "$lost"

# Who sets TMPDIR finds all that tests make there; gsctp's own directory is in
# /tmp.
tmp=$(grep -n '"/tmp/[^"]*XXXXXX' "$top_srcdir"/tests/*/test_*.c) || :
[ -z "$tmp" ] || complain "not by tests/support/tmp.h: $tmp"

[ "$n" -gt 50 ] || complain "only $n tests found"

# `test_x` and `x.sh`.
# shellcheck disable=SC2016
for name in $(grep -o '`[a-z0-9_]*`\|`[a-z0-9_]*\.sh`' "$doc" | tr -d '`' |
    grep '^test_\|\.sh$' | sort -u); do
	found=
	for file in "$top_srcdir"/tests/*/"$name" \
	    "$top_srcdir"/tests/*/"$name.c"; do
		[ ! -e "$file" ] || found=yes
	done
	[ -n "$found" ] || complain "doc/testing.md: no $name under tests/"
done

[ "$result" -ne 0 ] || echo "testing: $n programs and scripts, all named"
exit "$result"
