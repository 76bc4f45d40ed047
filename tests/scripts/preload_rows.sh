#!/bin/sh
# doc/preload.md has a row for each option, record of ancillary data and
# notification that the preload library knows of Linux, by its number, and no
# other; and doc_rows.sh finds the tests that they name.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}"
doc=$top_srcdir/doc/preload.md

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# What a section's second cells say.
numbers_of() { # numbers_of SECTION
	awk -F '|' -v section="## $1" '
	/^## / { on = $0 == section; head = 2 }
	on && /^\|/ && head-- <= 0 { gsub(/ /, "", $3); print $3 }' "$doc"
}

# The numbers of an enumeration's names.
names_of() { # names_of FILE PREFIX
	sed -n "s/^	$2[A-Z0-9_]* = \([0-9a-fx]*\),.*/\1/p" "$1"
}

result=0
compare() { # compare SECTION FILE PREFIX [LEAVE_OUT]
	numbers_of "$1" | sort >"$tmp/rows"
	names_of "$top_srcdir/preload/$2" "$3" | grep -v "^${4-none}\$" |
	    sort >"$tmp/names"
	if [ "$(wc -l <"$tmp/names")" -lt 9 ]; then
		echo "preload_rows: $2 has no names of $3" >&2
		result=1
	elif ! diff "$tmp/names" "$tmp/rows" >&2; then
		echo "preload_rows: \"$1\" has other rows (>) than $2 has" \
		    "numbers (<)" >&2
		result=1
	fi
}
compare "Options of SCTP" linux_opt.h LX_SCTP_
compare "Ancillary data" linux_msg.h LX_CMSG_
# What a subscription to ancillary data is numbered with.
compare "Notifications" linux_note.h LX_NOTE_ 0x8000

sh "$here/doc_rows.sh" "$doc" || result=1
exit "$result"
