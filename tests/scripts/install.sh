#!/bin/sh
# make install puts in place what there is: the library and its headers, the
# command and its completions, every manual page; and nothing else.  The
# installed command runs.  make uninstall takes all of it away.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
. "$top_srcdir/tests/support/script.sh"
use_tmp
root=$tmp/root

# This is not part of the make that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL
run_make() { # run_make ARGUMENT...
	"${MAKE:-make}" -C "$top_builddir" "$@" >"$tmp/make.log" 2>&1 || {
		tail -n 20 "$tmp/make.log" >&2
		die "make $* failed"
	}
}

# Directories, as the Makefile has them.
cat >"$tmp/show.mk" <<'END'
include Makefile
show:
	@echo 'bindir=$(bindir) libdir=$(libdir) mandir=$(mandir)' \
		'includedir=$(includedir) docdir=$(docdir)' \
		'pkglibdir=$(pkglibdir)' \
		'bashcompletiondir=$(bashcompletiondir)' \
		'zshcompletiondir=$(zshcompletiondir)' \
		'command=$(bin_PROGRAMS)'
END
dirs=$("${MAKE:-make}" -s -C "$top_builddir" -f "$tmp/show.mk" show)
bindir='' libdir='' pkglibdir='' mandir='' includedir='' docdir='' command=''
bashcompletiondir='' zshcompletiondir=''
eval "$dirs"

{
	echo "$includedir/gsctp/version.h" # made by configure
	for header in "$top_srcdir"/include/gsctp/*.h; do
		echo "$includedir/gsctp/$(basename "$header")"
	done
	for name in la so so.0 so.0.0.0; do
		echo "$libdir/libgsctp.$name"
	done
	echo "$libdir/pkgconfig/gsctp.pc"
	echo "$pkglibdir/libgsctp-preload.so"
	for name in LICENSE NEWS README.md; do
		echo "$docdir/$name"
	done
	for page in "$top_srcdir"/man/*.[1-8] "$top_srcdir"/man/links/*.3; do
		name=$(basename "$page")
		case $name in
		gsctp-* | *.1) [ -n "$command" ] || continue ;;
		esac
		echo "$mandir/man${page##*.}/$name"
	done
	if [ -n "$command" ]; then
		echo "$bindir/gsctp"
		[ -z "$bashcompletiondir" ] ||
		    echo "$bashcompletiondir/gsctp.bash"
		[ -z "$zshcompletiondir" ] || echo "$zshcompletiondir/_gsctp"
	fi
} | LC_ALL=C sort -u >"$tmp/expected"

installed() {
	(cd "$root" && find . ! -type d) | sed 's/^\.//' | LC_ALL=C sort
}

run_make install DESTDIR="$root"
installed >"$tmp/installed"
if ! diff "$tmp/expected" "$tmp/installed" >"$tmp/diff"; then
	cat "$tmp/diff" >&2
	die "that is what make install should put in place (<) and does (>)"
fi

if [ -n "$command" ]; then
	said=$(LD_LIBRARY_PATH=$root$libdir "$root$bindir/gsctp" --version)
	version=$(sed -n 's/^Version: //p' "$root$libdir/pkgconfig/gsctp.pc")
	[ "$said" = "gsctp $version" ] ||
	    die "the installed command says \"$said\", not gsctp $version"
	said=$(LD_LIBRARY_PATH=$root$libdir "$root$bindir/gsctp" run --check \
	    --json true)
	case $said in
	*"\"library\":\"$root$pkglibdir/libgsctp-preload.so\""*) ;;
	*) die "the installed command does not find its library: $said" ;;
	esac
	# libtool names libdir where the system would not look there.
	if readelf -d "$root$bindir/gsctp" "$root$libdir/libgsctp.so" \
	    "$root$pkglibdir/libgsctp-preload.so" |
	    grep -E 'RPATH|RUNPATH' | grep -vF "[$libdir]" >&2; then
		die "what is installed looks for libraries where it was built"
	fi
fi
n=$(wc -l <"$tmp/installed")

run_make uninstall DESTDIR="$root"
installed >"$tmp/left"
if [ -s "$tmp/left" ]; then
	cat "$tmp/left" >&2
	die "make uninstall leaves that"
fi
echo "$me: $n files in place, and gone again"
