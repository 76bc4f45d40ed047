#!/bin/sh
# What the tests of the preload library hold is what Linux does: the same
# programs, without the library, on the SCTP of a Linux kernel that runs as an
# ordinary program (kernel.sh).  No privilege is needed.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_builddir:=.}"

skip() {
	echo "preload_kernel: $*: skipped"
	exit 77
}

PATH=$PATH:/usr/sbin:/sbin
for tool in linux.uml busybox ip setpriv; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done
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
names=
for file in "$top_builddir"/tests/preload/test_*; do
	name=$(basename "$file")
	case $name in
	*.*) continue ;;
	# What is the library's own, or too much for a machine like this.
	test_faulty | test_process | test_ready | test_storm) continue ;;
	esac
	cp "$file" "$tmp/bin"
	names="$names${names:+,}$name"
done
[ -n "$names" ] || skip "no test of the preload library has been built"
cp "$here/kernel_init.sh" "$tmp/bin"
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
    init="$tmp/bin/kernel_init.sh" con=null con0=null,fd:1 ssl=null \
    KERNEL_DIR="$tmp/bin" KERNEL_TESTS="$names" \
    >"$tmp/console" 2>&1 </dev/null &
machine=$!
code=0
wait "$machine" || code=$?
machine=

# What the terminal in between makes of a line's end.
tr -d '\r' <"$tmp/console" >"$tmp/said"
grep '^# booted' "$tmp/said" || {
	tail -n 20 "$tmp/said"
	skip "user-mode-linux does not start here"
}
grep '^# finished$' "$tmp/said" >/dev/null || {
	tail -n 30 "$tmp/said" >&2
	echo "preload_kernel: the machine did not come to its end: code $code" >&2
	exit 1
}
grep '%: Checks:\|:[FE]:\|^# test_' "$tmp/said"
passed=$(grep -c ':P:' "$tmp/said") || :
failed=$(grep -c ':[FE]:\|^# test_[a-z_]*: [^0]' "$tmp/said") || :
echo "preload_kernel: $passed passed, $failed failed"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
