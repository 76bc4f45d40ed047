#!/bin/sh
# The C program in README.md is apps/examples/hello.c, byte for byte, which
# the build compiles; and the paths in README.md's text are there.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}"
readme=$top_srcdir/README.md
program=apps/examples/hello.c

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

awk -v count="$tmp/count" '
/^```c$/ { inside = 1; blocks++; next }
/^```$/ { inside = 0; next }
inside { print }
END { print blocks + 0 >count }' "$readme" >"$tmp/block"

result=0
if [ "$(cat "$tmp/count")" -ne 1 ]; then
	echo "readme: $(cat "$tmp/count") C programs in $readme, not 1" >&2
	result=1
fi
if ! diff "$tmp/block" "$top_srcdir/$program" >&2; then
	echo "readme: README.md's program (<) is not $program (>)" >&2
	result=1
fi

# `apps/...`, `doc/...` and the like.
# shellcheck disable=SC2016
for path in $(grep -o '`[A-Za-z./_-]*`' "$readme" | tr -d '`' |
    grep -E '^(apps|doc|include|lib|man|tests)/' | sort -u); do
	if [ ! -e "$top_srcdir/$path" ]; then
		echo "readme: README.md names $path, which is not there" >&2
		result=1
	fi
done

[ "$result" -ne 0 ] || echo "readme: its program is $program"
exit "$result"
