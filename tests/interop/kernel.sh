#!/bin/sh
# The Linux kernel's SCTP as a peer.  Debian's user-mode-linux is a kernel that
# runs as an ordinary program: it is started here as nobody, and inside it
# kernel_side talks to the kernel's own sockets over UDP, first on a clean
# network, then on one that loses 2 % each way.  No privilege is needed.
#
# KERNEL_FEATURE=data_on_streams runs one feature alone.  KERNEL_PCAP=DIR puts
# what was on the wire into DIR, which nobody must be able to write to.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"

skip() {
	echo "kernel: $*: skipped"
	exit 77
}
die() {
	echo "kernel: $*" >&2
	exit 1
}

PATH=$PATH:/usr/sbin:/sbin
for tool in linux.uml busybox ip ethtool setpriv; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done
for name in kernel_side kernel_peer; do
	[ -e "$top_builddir/tests/interop/$name" ] ||
	    die "$name has not been built"
done
# There is not that much room for addresses in there.
if grep -E 'lib(asan|tsan)\.so' "$top_builddir"/lib/.libs/libgsctp.so.0 \
    >/dev/null; then
	skip "user-mode-linux has no room for a sanitizer's shadow memory"
fi

tmp=$(mktemp -d)
machine=
cleanup() {
	[ -z "$machine" ] || kill "$machine" 2>/dev/null || :
	wait
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# Copies, where nobody may read them: the build may be in a closed directory.
mkdir "$tmp/bin" "$tmp/uml"
cp "$top_builddir"/lib/.libs/libgsctp.so* "$tmp/bin"
for name in kernel_side kernel_peer; do
	file=$top_builddir/tests/interop/.libs/$name
	[ -e "$file" ] || file=$top_builddir/tests/interop/$name
	cp "$file" "$tmp/bin"
done
cp "$here/kernel_init.sh" "$tmp/bin"
[ -z "${KERNEL_PCAP-}" ] || cp "$(command -v dumpcap)" "$tmp/bin"
chmod 755 "$tmp" "$tmp/bin" "$tmp/bin"/*

as_nobody="--bounding-set=-all --inh-caps=-all --no-new-privs"
if [ "$(id -u)" -eq 0 ]; then
	as_nobody="--reuid=65534 --regid=65534 --clear-groups $as_nobody"
	chown 65534:65534 "$tmp/uml"
fi

# Its memory is a file in TMPDIR, which must allow execution.
# The words are words.
# shellcheck disable=SC2086
setpriv $as_nobody env -i PATH=/usr/bin:/bin HOME=/ TMPDIR="$tmp/uml" \
    timeout -k 5 280 linux.uml mem=256M uml_dir="$tmp/uml" \
    root=/dev/root rootfstype=hostfs rootflags=/ ro \
    init="$tmp/bin/kernel_init.sh" con=null con0=null,fd:1 ssl=null \
    KERNEL_DIR="$tmp/bin" ${KERNEL_FEATURE:+KERNEL_FEATURE="$KERNEL_FEATURE"} \
    ${KERNEL_PCAP:+KERNEL_PCAP="$KERNEL_PCAP"} \
    >"$tmp/console" 2>&1 </dev/null &
machine=$!
code=0
wait "$machine" || code=$?
machine=

# What the terminal in between makes of a line's end.
tr -d '\r' <"$tmp/console" >"$tmp/said"
grep -E '^(ok|not ok|#) ' "$tmp/said" >"$tmp/lines" || :
if ! grep '^# booted' "$tmp/lines"; then
	tail -n 20 "$tmp/said"
	skip "user-mode-linux does not start here"
fi
sed 1d "$tmp/lines"
grep '^# finished$' "$tmp/lines" >/dev/null || {
	tail -n 30 "$tmp/said" >&2
	die "the machine did not come to its end: code $code"
}

passed=$(grep -c '^ok ' "$tmp/lines") || :
failed=$(grep -c '^not ok ' "$tmp/lines") || :
echo "kernel: $passed passed, $failed failed"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ] || exit 1
[ -z "${KERNEL_FEATURE-}" ] || exit 0

# The table of doc/testing.md is this one.
awk '
function cell(feature, which) {
	return (feature, which) in result ? result[feature, which] : "-"
}
/^(ok|not ok) / {
	status = sub(/^ok /, "") ? "ok" : "fails"
	sub(/^not ok /, "")
	sub(/ # .*/, "")
	if (split($0, word, ", ") == 5)
		status = word[5]
	if (!(word[1] in known))
		feature[++features] = word[1]
	known[word[1]] = 1
	which = word[4] == "clean" ? word[2] " " word[3] : word[4]
	if (cell(word[1], which) != "fails")
		result[word[1], which] = status
}
END {
	for (i = 1; i <= features; i++)
		print "| " feature[i] \
		    " | " cell(feature[i], "gsctp connects IPv4") \
		    " | " cell(feature[i], "gsctp connects IPv6") \
		    " | " cell(feature[i], "kernel connects IPv4") \
		    " | " cell(feature[i], "kernel connects IPv6") \
		    " | " cell(feature[i], "lossy") " |"
}' "$tmp/lines" >"$tmp/table"
awk '/^\| feature \|/ { found = 1; getline; next }
    found && !/^\|/ { exit }
    found' "$top_srcdir/doc/testing.md" >"$tmp/documented"
diff "$tmp/documented" "$tmp/table" ||
    die "doc/testing.md has another table (<) than this run (>)"
