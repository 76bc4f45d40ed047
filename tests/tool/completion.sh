#!/bin/sh
# What bash and zsh offer for gsctp(1) is what it takes: its commands are
# those of main.c's table, its options those of the tables for getopt_long(),
# and no name that --help has for an argument is unknown to them.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
. "$top_srcdir/tests/support/script.sh"
apps=$top_srcdir/apps/gsctp
completions=$(cd "$top_srcdir/completions" && pwd)

[ -x "$top_builddir/apps/gsctp/gsctp" ] ||
    skip "the gsctp command is not built: no jansson"
need bash
use_tmp
mkdir "$tmp/bin"
ln -s "$(cd "$top_builddir" && pwd)/apps/gsctp/gsctp" "$tmp/bin/gsctp"
PATH=$tmp/bin:$PATH
TMPDIR=$tmp
export PATH TMPDIR

result=0
complain() {
	echo "$me: $*" >&2
	result=1
}

# -- what there is ------------------------------------------------------------

commands=$(sed -n 's/^	{ "\([a-z]*\)", [a-z_]* },$/\1/p' "$apps/main.c")

# The rows of a command's tables: "NAME no|required SHORT", SHORT is - or a
# letter.
options() { # options COMMAND
	set -- "$apps/$1".c "$apps/$1"_*.c
	if grep NET_LONG "$@" >/dev/null 2>&1; then
		set -- "$@" "$apps/net.h"
	fi
	cat "$@" 2>/dev/null |
	    grep -o '{ "[a-z0-9-]*", *[a-z]*_argument, NULL, [^ ]* }' |
	    sed "s/{ \"\(.*\)\", *\([a-z]*\)_argument.* '\(.\)' }/--\1 \2 -\3/
	    s/{ \"\(.*\)\", *\([a-z]*\)_argument.*/--\1 \2 -/" | sort -u
}

# -- lines, and what is to be offered -----------------------------------------

: >"$tmp/lines"
: >"$tmp/expected"
expect() { # expect LINE WORD...
	printf '%s\n' "$1" >>"$tmp/lines"
	shift
	printf '%s\n' "$@" | LC_ALL=C sort -u | paste -sd " " - >>"$tmp/expected"
}

# The words are names.
# shellcheck disable=SC2086,SC2046
expect "gsctp " $commands --help --version
expect "gsctp --v" --version
for command in $commands; do
	options "$command" >"$tmp/options"
	grep '^--help no ' "$tmp/options" >/dev/null ||
	    complain "$command: no --help found in its sources"
	gsctp "$command" --help >"$tmp/help"

	# Each is told of by one of its names at least, and with what it takes.
	bash -c '. "$1" && _gsctp_read gsctp "$2"' bash \
	    "$completions/gsctp.bash" "$command" >"$tmp/told"
	: >"$tmp/long"
	while read -r name takes short; do
		argument=$(awk -v name="$name" -v short="$short" '
		    $1 == "option" && ($2 == name || $2 == short) {
			print $3
			exit
		    }' "$tmp/told")
		case $takes,$argument in
		*,) complain "$command --help does not tell of $name" ;;
		no,- | required,[!-]* | optional,*) ;;
		*) complain "$command --help: $name takes \"$argument\"," \
		    "but $takes argument is what getopt_long() knows" ;;
		esac
		if [ "$name" = --help ] ||
		    grep -E -e "(^| )$name( |,|\$)" "$tmp/help" >/dev/null; then
			echo "$name" >>"$tmp/long"
		fi
	done <"$tmp/options"
	# shellcheck disable=SC2046
	expect "gsctp $command --" $(cat "$tmp/long")
	expect "gsctp $command --hel" --help

	awk '$1 == "option" { print $3 }
	    $1 == "operand" { sub(/\.\.\.$/, "", $3); print $3 }' "$tmp/told" |
	    grep -vx -e - | sort -u | bash "$here/completion.bash" \
	    "$completions/gsctp.bash" unknown >"$tmp/unknown"
	[ ! -s "$tmp/unknown" ] ||
	    complain "$command --help: completions/ do not know what" \
		"$(paste -sd " " "$tmp/unknown") may be"
done

mkdir "$tmp/dir"
: >"$tmp/dir/one file"
: >"$tmp/dir/other"
has() { # has COMMAND: is it there?
	echo "$commands" | grep -x "$1" >/dev/null
}
if has cat; then
	# shellcheck disable=SC2046
	expect "gsctp cat -o " $(gsctp cat -o help | sed '/^$/,$d' |
	    grep -o '^[a-z0-9_.]*=' | tr -d =)
	expect "gsctp cat -o rtoinfo.ma" rtoinfo.max
	expect "gsctp cat -o nodelay=" on off
	expect "gsctp cat --option=nodelay=of" off
	# shellcheck disable=SC2046
	expect "gsctp cat --ppid " $(gsctp cat --ppid help |
	    awk '{ print $2 }')
	expect "gsctp cat --ppid=webrtc-string-e" webrtc-string-empty
	expect "gsctp cat --pcap $tmp/dir/ot" "other"
	expect "gsctp cat peer" peer-1.example peer-2.example
	expect "gsctp cat --json peer-2" peer-2.example
	expect "gsctp cat --pcap x peer-2" peer-2.example
fi
if has run; then
	printf '#!/bin/sh\n' >"$tmp/bin/gsctp-zz-program"
	chmod +x "$tmp/bin/gsctp-zz-program"
	expect "gsctp run gsctp-z" gsctp-zz-program
	expect "gsctp run -u 0 -- gsctp-z" gsctp-zz-program
	expect "gsctp run --log w" warn
	expect "gsctp run --pcap $tmp/dir/ot" "other"
	# Behind the program there are files, and no options of ours.
	expect "gsctp run gsctp-zz-program $tmp/dir/ot" "other"
	expect "gsctp run gsctp-zz-program -u $tmp/dir/ot" "other"
	expect "gsctp run gsctp-zz-program --chec" ""
fi
if has serve; then
	expect "gsctp serve " chargen daytime discard echo
	expect "gsctp serve --rate 1m da" daytime
fi

# -- what is offered ----------------------------------------------------------

check() { # check SHELL COMMAND...: it says what SHELL offers
	shell=$1
	shift
	timeout 100 "$@" <"$tmp/lines" | sed "s,$tmp/dir/,," >"$tmp/offered"
	if ! diff "$tmp/expected" "$tmp/offered" >"$tmp/diff"; then
		complain "$shell: what is to be offered (<) and is (>):"
		cat "$tmp/diff" >&2
	fi
	n=$(wc -l <"$tmp/offered")
}

check bash bash "$here/completion.bash" "$completions/gsctp.bash"
[ "$result" -ne 0 ] || echo "$me: bash offers what there is, $n times"
if command -v zsh >/dev/null &&
    zsh -f -c 'zmodload zsh/zpty && autoload -Uz compinit' 2>/dev/null; then
	check zsh zsh -f "$here/completion.zsh" "$completions"
	[ "$result" -ne 0 ] || echo "$me: and zsh"
else
	echo "$me: zsh is not installed, so not asked"
fi
exit "$result"
