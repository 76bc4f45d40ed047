#!/bin/sh
# The two terminals of README.md's "Try it" print what it says they do.
#
#   readme_try.sh            check
#   readme_try.sh --print    print the text, for README.md

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
. "$top_srcdir/tests/support/script.sh"

[ -x "$top_builddir/apps/gsctp/gsctp" ] ||
    skip "the gsctp command is not built: no jansson"
need ip unshare
# Its ports are those of README.md, so nobody else may be there.
if [ "${GSCTP_TRY_INSIDE-}" != yes ]; then
	unshare -rn true 2>/dev/null ||
	    skip "a user cannot have a network namespace here"
	GSCTP_TRY_INSIDE=yes
	export GSCTP_TRY_INSIDE top_srcdir top_builddir
	exec unshare -rn timeout -k 5 120 sh "$0" "$@"
fi
ip link set lo up
use_tmp
# As two terminals of a user who runs nothing else.
GSCTP_RUN_DIR=$tmp/run
export GSCTP_RUN_DIR
unset GSCTP_UDP_PORT GSCTP_PEER_UDP_PORT GSCTP_ADDRS GSCTP_ENCAPSULATION \
    GSCTP_LOG
PATH=$(cd "$top_builddir/apps/gsctp" && pwd):$PATH

# What is seen on the left and on the right, line by line.
see() { # see LEFT RIGHT
	printf '    %-34s%s\n' "$1" "$2" | sed 's/ *$//' >>"$tmp/text"
}

# The next line that a terminal prints; it has to be that.
prints() { # prints DESCRIPTOR LINE
	read -r printed <&"$1" || die "it prints nothing, not \"$2\""
	[ "$printed" = "$2" ] || die "it prints \"$printed\", not \"$2\""
}

mkfifo "$tmp/left_keys" "$tmp/left" "$tmp/right_keys" "$tmp/right"
see '$ gsctp cat -l 5001' '$ gsctp cat 127.0.0.1 5001'
gsctp cat -l 5001 <"$tmp/left_keys" >"$tmp/left" 2>&1 &
listener=$!
pids="$pids $listener"
exec 3>"$tmp/left_keys" 4<"$tmp/left"
# A person takes longer to get to the other terminal.
until grep ' 5001 listens$' "$tmp"/run/*.map >/dev/null 2>&1; do
	kill -0 "$listener" || die "the first one has ended"
	sleep 0.05
done
gsctp cat 127.0.0.1 5001 <"$tmp/right_keys" >"$tmp/right" 2>&1 &
client=$!
pids="$pids $client"
exec 5>"$tmp/right_keys" 6<"$tmp/right"

see '' 'Hello from the right'
echo 'Hello from the right' >&5
prints 4 'Hello from the right'
see 'Hello from the right' ''

see 'and from the left' ''
echo 'and from the left' >&3
prints 6 'and from the left'
see '' 'and from the left'

# ^D
see '' '^D'
exec 5>&-
right=0
wait "$client" || right=$?
left=0
wait "$listener" || left=$?
see '$ echo $?' '$ echo $?'
see "$left" "$right"
rest=$(cat <&4 && cat <&6)
[ -z "$rest" ] || die "they print this, too: $rest"

if [ "${1-}" = --print ]; then
	cat "$tmp/text"
	exit 0
fi
sed -n '/^    \$ gsctp cat -l 5001/,/^$/{/^$/!p;}' "$top_srcdir/README.md" \
    >"$tmp/readme"
if ! diff "$tmp/readme" "$tmp/text" >&2; then
	die "README.md's two terminals (<) are not what is seen (>)"
fi
echo "$me: as README.md has it"
