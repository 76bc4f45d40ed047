#!/bin/sh
# Every option of the header, every field of its record and every word for its
# values has a name that -o takes, but for those listed here; and the manual
# has all of these names, and no other.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
. "$top_srcdir/tests/support/script.sh"

header=$top_srcdir/include/gsctp/gsctp.h
page=$top_srcdir/man/gsctp-options.7
names=$top_builddir/tests/tool/names

# Options that are only read, that options of the command decide, or that the
# engine cannot do.
no_names="family get_assoc_stats get_peer_addr_info ip local_auth_chunks mbox
    peer_auth_chunks pr_assoc_status pr_stream_status reset_assoc status
    timeouts type"
# Fields that are only read; and lengths, which the value has itself.
no_fields="associnfo.number_peer_destinations associnfo.peer_rwnd
    associnfo.local_rwnd auth_key.keylength reset_streams.nstreams"
# Records that have one value as text.
one_value="hmac_ident"
# What the engine cannot do.
no_words="SS_FCFS SS_RR_PKT SS_WFQ PR_PRIO"

result=0
complain() {
	echo "$me: $*" >&2
	result=1
}

has() { # has WORD LIST...: is it in the list?
	word=$1
	shift
	# shellcheck disable=SC2048
	for each in $*; do
		[ "$each" != "$word" ] || return 0
	done
	return 1
}

list=$("$names" options)
known=$(echo "$list" | sed -n 's/^\([a-z0-9_.]*\)=.*/\1/p')
[ -n "$known" ] || die "the list is empty"

# The fields of struct gsctp_$1, without the key that the command knows.
fields_of() {
	awk -v start="struct gsctp_$1 {" '
	$0 == start { inside = 1; next }
	inside && /^};/ { exit }
	inside { print }' "$header" |
	    sed 's,/\*.*,,; s,.*\*/,,' |
	    sed -n 's/\[[^]]*\]//g; s/^	[a-z][a-z0-9_ ]*[ *]\([a-z_0-9]*\);.*/\1/p' |
	    grep -v '^assoc_id$' || :
}

# The struct of a member of struct gsctp_opt's union, or nothing.
struct_of() {
	sed -n "s/^		struct gsctp_\([a-z_]*\) $1;\$/\1/p" "$header"
}

refused() { # refused NAME: and says why
	if "$names" "$1=1" >/dev/null; then
		complain "$1 is taken, and listed in $0"
	else
		case $("$names" "$1=1" || :) in
		"$1 "*) ;;
		*) complain "$1 is refused, but as if there were none" ;;
		esac
	fi
}

n=0
macros=$(sed -n 's/^#define GSCTP_[A-Z0-9_]*([^)]*).*GSCTP_OPT_(\([A-Z0-9_]*\), \([a-z_]*\),.*/\1=\2/p' "$header")
for macro in $macros; do
	option=$(echo "${macro%=*}" | tr '[:upper:]' '[:lower:]')
	record=$(struct_of "${macro#*=}")
	n=$((n + 1))
	if has "$option" "$no_names"; then
		refused "$option"
		continue
	fi
	case $record in
	'' | assoc_value)
		has "$option" "$known" || complain "$option has no name"
		continue
		;;
	esac
	if has "$option" "$one_value"; then
		has "$option" "$known" || complain "$option has no name"
		continue
	fi
	fields=$(fields_of "$record")
	[ -n "$fields" ] || complain "struct gsctp_$record has no fields"
	for field in $fields; do
		if has "$option.$field" "$no_fields"; then
			! has "$option.$field" "$known" ||
			    complain "$option.$field is listed in $0"
		else
			has "$option.$field" "$known" ||
			    complain "$option.$field has no name"
		fi
	done
done
initialisers=$(grep -c '^#define.*GSCTP_OPT_([A-Z]' "$header")
[ "$n" -eq "$initialisers" ] || complain "$n of $initialisers were understood"
[ "$n" -gt 70 ] || complain "only $n options found in $header"

# Flags, schedulers and the like, by the words of their constants.
words=$(sed -n 's/^#define GSCTP_\(SPP\|PR\|RESET\)_\([A-Z_]*\) 0x.*/\1_\2/p
    s/^	GSCTP_\(SS\|CC\)_\([A-Z_]*\) = .*/\1_\2/p' "$header" |
    grep -v '^RESET_\(DENIED\|FAILED\)$')
[ "$(echo "$words" | wc -l)" -gt 15 ] || complain "few words: $words"
for word in $words; do
	case $word in
	PR_*) lower=$(echo "$word" | tr '[:upper:]' '[:lower:]') ;;
	*) lower=$(echo "${word#*_}" | tr '[:upper:]' '[:lower:]') ;;
	esac
	if has "$word" "$no_words"; then
		! echo "$list" | grep -q "^ .*\<$lower\>" ||
		    complain "GSCTP_$word is listed in $0"
	else
		echo "$list" | grep -q "^ .*\<$lower\>" ||
		    complain "GSCTP_$word has no word"
	fi
done

for name in $known; do
	grep -q "^\.It Cm $name\( \|\$\)" "$page" ||
	    complain "gsctp-options(7) does not tell of $name"
done
# shellcheck disable=SC2013
for name in $(sed -n '/^\.Sh OPTIONS/,/^\.Sh PROTO/s/^\.It Cm \([a-z0-9_.]*\).*/\1/p' "$page"); do
	has "$name" "$known" || complain "gsctp-options(7): no option $name"
done

[ "$result" -ne 0 ] || echo "$me: $n options, $(echo "$known" | wc -l) names"
exit "$result"
