#!/bin/sh
# The names of protocols are for the numbers that Wireshark has them for; and
# the manual has them all.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
. "$top_srcdir/tests/support/script.sh"
need tshark
use_tmp

page=$top_srcdir/man/gsctp-options.7

# Registered since tshark's list was made, or called otherwise there.
ours_alone="0=unspecified 50=webrtc-dcep 63=http 64=e1ap 71=oran-d2 71=e2-up"

result=0
complain() {
	echo "$me: $*" >&2
	result=1
}

"$top_builddir/tests/tool/names" ppids >"$tmp/ours"
tshark -G values 2>"$tmp/err" |
    awk -F '\t' '$1 == "V" && $2 == "sctp.data_payload_proto_id" {
	print $3 "\t" $4 }' >"$tmp/theirs"
[ "$(wc -l <"$tmp/theirs")" -gt 40 ] || skip "this tshark has no list"

# Letters and digits alone are compared: "F1 AP" is f1ap.
plain() {
	echo "$*" | tr '[:upper:]' '[:lower:]' | tr -cd 'a-z0-9'
}

# Are all the words in the text?
all_in() { # all_in TEXT WORD...
	text=$1
	shift
	for word; do
		case $text in
		*"$(plain "$word")"*) ;;
		*) return 1 ;;
		esac
	done
}

n=0
while read -r number name meaning; do
	n=$((n + 1))
	grep -q "^\.It $number Ta Cm $name\( \|\$\)" "$page" ||
	    complain "gsctp-options(7) does not have $number, $name"
	case " $ours_alone " in
	*" $number=$name "*) continue ;;
	esac
	theirs=$(awk -F '\t' -v n="$number" '$1 == n { print $2 }' \
	    "$tmp/theirs")
	[ -n "$theirs" ] || complain "$number, $name: tshark has no such number"
	# shellcheck disable=SC2046,SC2086
	all_in "$(plain "$theirs")" $(echo "$name" | tr '-' ' ') ||
	    all_in "$(plain "$theirs")" $meaning ||
	    complain "$number is $name, and $theirs for tshark"
done <"$tmp/ours"
[ "$n" -gt 70 ] || complain "$n names"

while IFS='	' read -r number text; do
	[ "$text" != Unassigned ] || continue
	grep -q "^ *$number  " "$tmp/ours" ||
	    complain "$number, $text, has no name"
done <"$tmp/theirs"

[ "$result" -ne 0 ] || echo "$me: $n names"
exit "$result"
