#!/bin/sh
# The public headers, lib/gsctp.map, the built library and the Debian
# package's symbols file name the same functions.
#
#   exports.sh          check; the library is top_builddir/lib/libgsctp.so
#   exports.sh --map    print the map that the header asks for
#   exports.sh --symbols
#                       bring the symbols file up to date: what it has keeps
#                       the version it came with, what is new gets that of
#                       debian/changelog

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}" "${CC:=cc}" "${NM:=nm -B}"
header=$top_srcdir/include/gsctp/gsctp.h
map=$top_srcdir/lib/gsctp.map
symbols=$top_srcdir/debian/libgsctp0.symbols
library=$top_builddir/lib/.libs/libgsctp.so
node=GSCTP_0.1

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The names of the functions the header declares, one a line.  version.h is
# made by configure; a copy without its values does as well here.
header_names() {
	mkdir -p "$tmp/gsctp"
	cp "$top_srcdir/include/gsctp/version.h.in" "$tmp/gsctp/version.h"
	# CC may hold options.
	# shellcheck disable=SC2086
	$CC -E -I"$tmp" -I"$top_srcdir/include" "$header" >"$tmp/cpp"
	awk '
	/^#/ { ours = ($3 ~ /gsctp\/(gsctp|stack)\.h"$/); next }
	ours { text = text " " $0 }
	END {
		# Drop what stands between braces (extern "C" apart): struct
		# members may be function pointers.
		gsub(/extern *"C" *\{/, "", text)
		depth = 0
		flat = ""
		n = length(text)
		for (i = 1; i <= n; i++) {
			c = substr(text, i, 1)
			if (c == "{")
				depth++
			else if (c == "}")
				depth--
			else if (depth == 0)
				flat = flat c
		}
		n = split(flat, decl, ";")
		for (i = 1; i <= n; i++) {
			if (decl[i] ~ /(^|[^a-z_])(typedef|static)[^a-z_]/)
				continue
			if (match(decl[i], /gsctp_[a-z0-9_]+ *\(/)) {
				name = substr(decl[i], RSTART, RLENGTH)
				sub(/ *\($/, "", name)
				print name
			}
		}
	}' "$tmp/cpp" | LC_ALL=C sort -u
}

header_names >"$tmp/header"
if [ ! -s "$tmp/header" ]; then
	echo "exports: no function found in $header" >&2
	exit 1
fi

if [ "${1-}" = --map ]; then
	echo "/* Made by tests/scripts/exports.sh --map. */"
	echo "$node {"
	echo "global:"
	sed 's/.*/	&;/' "$tmp/header"
	echo "local:"
	echo "	*;"
	echo "};"
	exit 0
fi

if [ "${1-}" = --symbols ]; then
	version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top_srcdir/debian/changelog")
	{
		echo "$node"
		cat "$tmp/header"
	} >"$tmp/names"
	while read -r name; do
		grep "^ $name@$node " "$symbols" ||
		    echo " $name@$node $version"
	done <"$tmp/names" >"$tmp/symbols"
	cat - "$tmp/symbols" >"$symbols" <<END
libgsctp.so.0 libgsctp0 #MINVER#
* Build-Depends-Package: libgsctp-dev
END
	exit 0
fi

if grep '[*?]' "$map" | grep -v -e '^/\*' -e '^	\*;$' >&2; then
	echo "exports: $map: names are listed one by one" >&2
	exit 1
fi
sed -n 's/^[[:space:]]*\(gsctp_[a-z0-9_]*\);$/\1/p' "$map" |
    LC_ALL=C sort >"$tmp/map"

if [ ! -e "$library" ]; then
	echo "exports: $library is not built" >&2
	exit 1
fi
# shellcheck disable=SC2086
$NM -D --defined-only "$library" | awk '
    NF == 3 && $2 != "A" { print $3 }' >"$tmp/nm"
if grep -v "@@$node\$" "$tmp/nm" >&2; then
	echo "exports: exported, but not in $node" >&2
	exit 1
fi
sed 's/@.*//' "$tmp/nm" | LC_ALL=C sort >"$tmp/library"
sed -n "s/^ \(gsctp_[a-z0-9_]*\)@$node .*/\1/p" "$symbols" |
    LC_ALL=C sort >"$tmp/symbols"

result=0
compare() { # what a, what b, file a, file b
	if ! diff "$3" "$4" >"$tmp/diff"; then
		echo "exports: $1 (<) and $2 (>) differ (--map and --symbols" \
		    "make them anew):" >&2
		sed -n '/^[<>]/p' "$tmp/diff" >&2
		result=1
	fi
}
compare "the header" "lib/gsctp.map" "$tmp/header" "$tmp/map"
compare "lib/gsctp.map" "the library" "$tmp/map" "$tmp/library"
compare "lib/gsctp.map" "debian/libgsctp0.symbols" "$tmp/map" "$tmp/symbols"

if readelf -d "$library" 2>/dev/null | grep TEXTREL >&2; then
	echo "exports: the library has text relocations" >&2
	result=1
fi

[ "$result" -ne 0 ] ||
    echo "exports: $(wc -l <"$tmp/library") functions, the same everywhere"
exit "$result"
