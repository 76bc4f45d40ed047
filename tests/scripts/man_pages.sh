#!/bin/sh
# Every public function, every option of the header and every command of gsctp
# has its manual page, and the pages are clean mdoc.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}"
header=$top_srcdir/include/gsctp/gsctp.h
map=$top_srcdir/lib/gsctp.map

set -- "$top_srcdir"/man/*.[137]
if [ ! -e "$1" ]; then
	echo "man_pages: no page in $top_srcdir/man" >&2
	exit 1
fi

result=0
complain() {
	echo "man_pages: $*" >&2
	result=1
}

# exports.sh sees to it that the map has the header's functions.
functions=$(sed -n 's/^[[:space:]]*\(gsctp_[a-z0-9_]*\);$/\1/p' "$map")
[ -n "$functions" ] || complain "no function in $map"
for name in $functions; do
	grep -E "^\.(Nm|Fn|Fo|Ft .* Fn) \"?$name\"?( |\$)" "$@" >/dev/null ||
	    complain "no page has .Nm, .Fn or .Fo $name"
	[ -e "$top_srcdir/man/$name.3" ] ||
	    [ -e "$top_srcdir/man/links/$name.3" ] ||
	    complain "man $name finds nothing: no man/links/$name.3"
done
for page in "$top_srcdir"/man/links/*.3; do
	target=$(sed -n 's,^\.so man3/,,p' "$page")
	[ -e "$top_srcdir/man/$target" ] ||
	    complain "man/links/$(basename "$page") leads nowhere"
done

# GSCTP_NAME(...), but for GSCTP_NAME_(...), which are the header's own.
options=$(sed -n 's/^#define \(GSCTP_[A-Z0-9_]*[A-Z0-9]\)(.*/\1/p' "$header")
[ -n "$options" ] || complain "no option in $header"
for name in $options; do
	cat "$@" | grep -E "(^|[^A-Z0-9_])$name([^A-Z0-9_]|\$)" >/dev/null ||
	    complain "no page tells of $name"
done

# The rows of main.c's table, { "cat", cat_main }.
commands=$(sed -n 's/^	{ "\([a-z]*\)", [a-z_]* },$/\1/p' \
    "$top_srcdir/apps/gsctp/main.c")
[ -n "$commands" ] || complain "no command in apps/gsctp/main.c"
for name in $commands; do
	[ -e "$top_srcdir/man/gsctp-$name.1" ] ||
	    complain "gsctp $name has no page man/gsctp-$name.1"
	grep "^\.It Xr gsctp-$name 1\$" "$top_srcdir/man/gsctp.1" >/dev/null ||
	    complain "man/gsctp.1 does not tell of gsctp $name"
done
for page in "$top_srcdir"/man/*.1; do
	grep "^	man/$(basename "$page")\( \\\\\)*\$" \
	    "$top_srcdir/Makefile.am" >/dev/null ||
	    complain "Makefile.am does not install $(basename "$page")"
done

if ! command -v mandoc >/dev/null; then
	[ "$result" -eq 0 ] || exit "$result"
	echo "man_pages: names found; mandoc is not installed, so not linted"
	exit 77
fi
mandoc -T lint -W warning "$@" >&2 || complain "mandoc has warnings"

[ "$result" -ne 0 ] || echo "man_pages: $# pages"
exit "$result"
