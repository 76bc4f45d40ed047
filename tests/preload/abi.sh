#!/bin/sh
# The Linux kernel's SCTP as the reference for the preload library: abi prints
# what comes of a few thousand calls, in every state of a socket; here with
# the library, and in a user-mode-linux on the kernel's own sockets.  Where
# the two differ, abi.allow has to have a reason.
#
# ABI_OUT=DIR keeps what both have said.  ABI_ONLY=NAME runs the groups whose
# name begins with that.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

PATH=$PATH:/usr/sbin:/sbin
need linux.uml busybox ip setpriv unshare
[ -z "$sanitizer" ] || skip "user-mode-linux has no room for a sanitizer"
abi=$top_builddir/tests/preload/abi
[ -x "$abi" ] || skip "abi was not built: no <netinet/sctp.h>"

if [ "$(id -u)" -eq 0 ]; then
	alone="unshare -n"
else
	alone="unshare -rn"
fi
$alone true 2>/dev/null || skip "no network namespaces here"

# Copies, where nobody may read them: the build may be in a closed directory.
mkdir "$tmp/bin" "$tmp/uml"
[ ! -e "$top_builddir/tests/preload/.libs/abi" ] ||
    abi=$top_builddir/tests/preload/.libs/abi
cp "$abi" "$tmp/bin/abi"
cp "$top_srcdir/tests/preload/abi_init.sh" "$tmp/bin"
chmod 755 "$tmp" "$tmp/bin" "$tmp/bin"/*
as_nobody="--bounding-set=-all --inh-caps=-all --no-new-privs"
if [ "$(id -u)" -eq 0 ]; then
	as_nobody="--reuid=65534 --regid=65534 --clear-groups $as_nobody"
	chown 65534:65534 "$tmp/uml"
fi

# The words are words.
# shellcheck disable=SC2086
setpriv $as_nobody env -i PATH=/usr/bin:/bin HOME=/ TMPDIR="$tmp/uml" \
    timeout -k 5 280 linux.uml mem=256M uml_dir="$tmp/uml" \
    root=/dev/root rootfstype=hostfs rootflags=/ ro \
    init="$tmp/bin/abi_init.sh" con=null con0=null,fd:1 ssl=null \
    ABI="$tmp/bin/abi" ${ABI_ONLY:+ABI_ONLY="$ABI_ONLY"} >"$tmp/console" 2>&1 </dev/null &
pids="$pids $!"
machine=$!

# Meanwhile here.
# shellcheck disable=SC2086
limit=280 under $alone sh -c 'ip link set lo up; exec "$@"' sh \
    "$tmp/bin/abi" ${ABI_ONLY-} >"$tmp/ours" 2>"$tmp/ours.err" || {
	cat "$tmp/ours.err" >&2
	die "abi fails with the library"
}
wait "$machine" || :

# What the terminal in between makes of a line's end.
tr -d '\r' <"$tmp/console" >"$tmp/said"
grep '^# booted' "$tmp/said" || {
	tail -n 20 "$tmp/said"
	skip "user-mode-linux does not start here"
}
sed -n '/^# booted/,/^# ended/p' "$tmp/said" | grep -v '^#' >"$tmp/kernel"
grep '^# ended: 0$' "$tmp/said" >/dev/null || {
	tail -n 20 "$tmp/said" >&2
	die "abi fails on the kernel"
}
[ -z "${ABI_OUT-}" ] || cp "$tmp/kernel" "$tmp/ours" "$ABI_OUT"

awk -f "$top_srcdir/tests/preload/abi.awk" \
    "$top_srcdir/tests/preload/abi.allow" "$tmp/kernel" "$tmp/ours" \
    >"$tmp/result" || {
	cat "$tmp/result" >&2
	die "differs from the kernel (kernel => library)"
}
cat "$tmp/result"
