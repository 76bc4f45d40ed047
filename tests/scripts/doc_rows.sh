#!/bin/sh
# Every row of doc/gen_sctp.md's tables names a test that exists, and is there
# once.
#
# A table whose last heading has the word "test" in it is checked: the last
# cell of each of its rows names at least one `file:test_name`, and a file of
# that name under tests/ has START_TEST(test_name).  Rows have as many cells
# as their heading, and no two of a table say the same of the same.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}"
doc=${1:-$top_srcdir/doc/gen_sctp.md}

if [ ! -r "$doc" ]; then
	echo "doc_rows: $doc is not there" >&2
	exit 1
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# "line, row or bad, what": a row line for each test named, or what is wrong.
awk '
function cells(line,    i, n) {
	gsub(/\\\|/, "\001", line)
	sub(/^[ \t]*\|/, "", line)
	sub(/\|[ \t]*$/, "", line)
	ncells = n = split(line, cell, "|")
	return cell[n]
}
/^[ \t]*```/ { fenced = !fenced }
fenced || !/^[ \t]*\|/ { state = 0; next }
state == 0 {
	heading = tolower(cells($0))
	width = ncells
	tables++
	state = 1
	next
}
state == 1 { state = 2; checked = (heading ~ /test/); next }
checked {
	last = cells($0)
	if (ncells != width)
		print NR, "ragged", $0
	about = tables cell[1] (width > 3 ? cell[2] : "")
	if (about in seen)
		print NR, "twice", $0
	seen[about] = 1
	found = 0
	while (match(last, /`[^`]*`/)) {
		name = substr(last, RSTART + 1, RLENGTH - 2)
		last = substr(last, RSTART + RLENGTH)
		if (name ~ /^[A-Za-z0-9_.-]+:[A-Za-z0-9_]+$/) {
			print NR, "row", name
			found = 1
		}
	}
	if (!found)
		print NR, "bad", $0
}' "$doc" >"$tmp/rows"

result=0
named=0
while read -r line kind what; do
	case $kind in
	bad) complaint="names no test" ;;
	ragged) complaint="has not as many cells as its heading" ;;
	twice) complaint="is there twice" ;;
	*) complaint= ;;
	esac
	if [ -n "$complaint" ]; then
		echo "doc_rows: $doc:$line $complaint: $what" >&2
		result=1
		continue
	fi
	named=$((named + 1))
	file=${what%%:*}
	test=${what#*:}
	find "$top_srcdir/tests" -name "$file" >"$tmp/paths"
	if [ ! -s "$tmp/paths" ]; then
		echo "doc_rows: $doc:$line: no $file under tests/" >&2
		result=1
		continue
	fi
	found=no
	while read -r path; do
		! grep "START_TEST($test)" "$path" >/dev/null || found=yes
	done <"$tmp/paths"
	if [ "$found" = no ]; then
		echo "doc_rows: $doc:$line: $file has no test $test" >&2
		result=1
	fi
done <"$tmp/rows"

if [ "$named" -eq 0 ]; then
	echo "doc_rows: $doc names no test at all" >&2
	result=1
fi
[ "$result" -ne 0 ] || echo "doc_rows: $named tests named, all there"
exit "$result"
