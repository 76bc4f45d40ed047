#!/bin/sh
# The examples of gsctp-run(1) work as they stand there.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
top_builddir=$(cd "$top_builddir" && pwd)
[ -x "$top_builddir/apps/gsctp/gsctp" ] ||
    skip "gsctp was not built: no jansson"
need ncat checksctp python3
library=$top_builddir/preload/.libs/libgsctp-preload.so
! grep -E '__(asan|tsan)_init' "$library" >/dev/null ||
    skip "a sanitizer is no program's second library"
use_tmp
unset LD_PRELOAD GSCTP_PRELOAD
PATH=$top_builddir/apps/gsctp:$PATH
mkdir -m 700 "$tmp/run"
GSCTP_RUN_DIR=$tmp/run
export PATH GSCTP_RUN_DIR

# A file for each example: 1, 2 ...
awk -v dir="$tmp" '
/^\.Sh / { is_there = $2 == "EXAMPLES" }
/^\.Ed/ { is_in = 0 }
is_in { gsub(/\\e/, "\\"); print >(dir "/" n) }
is_there && /^\.Bd/ { n++; is_in = 1 }
' "$top_srcdir/man/gsctp-run.1"
cd "$tmp"

# Two terminals: what is typed in the second one comes out of the first.  It is
# typed again until somebody listens there.
two_terminals() { # number
	server=$(sed -n 1p "$1")
	client=$(sed -n 2p "$1")
	[ "$(wc -l <"$1")" -eq 2 ] || die "example $1 is not two lines"
	mkfifo typed
	eval "timeout 100 $server <typed >output 2>errors &"
	pids="$pids $!"
	exec 3>typed
	until echo hello | eval "timeout 100 $client" >said 2>&1; do
		kill -0 $! || die "$server: $(cat errors)"
		sleep 0.1
	done
	wait $! || die "$server: $?: $(cat errors)"
	exec 3>&-
	rm typed
	echo hello | cmp - output || die "$client: $(cat said)"
}

sh -e 1 2>output
echo 'SCTP supported' | cmp - output
two_terminals 2
two_terminals 3
echo checksctp | sh -e 4 2>output
echo 'SCTP supported' | cmp - output

printf '#!/bin/sh\n"%s" && "%s"\n' "$top_builddir/tests/tool/run_sock" \
    "$top_builddir/tests/tool/run_sock" >test.sh
chmod +x test.sh
sh -e 5
n=$(find . -name 'trace-[0-9]*.pcapng' -size +0 | wc -l)
[ "$n" -eq 2 ] || die "$n captures of two processes"

printf '#!/usr/bin/env python3\n' >server.py
chmod +x server.py
sh -e 6 >output
cat output
grep "^yes  *$(command -v python3): " output >/dev/null ||
    die "python3 is not looked at"
tail -n 1 output | grep '^yes .*: is a dynamic program' >/dev/null ||
    die "it does not end with a program"
[ ! -e 7 ] || die "there are more examples than are looked at"

echo "$me: the examples work"
