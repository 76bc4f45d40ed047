#!/bin/sh
# lksctp-tools' checksctp says that SCTP is supported.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
# shellcheck source=common.sh
. "$top_srcdir/tests/preload/common.sh"

need checksctp
said=$(under checksctp 2>&1) || die "checksctp fails: $said"
[ "$said" = "SCTP supported" ] || die "checksctp says: $said"
# Whatever it says without.
without=$(checksctp 2>&1) || :
echo "$me: with the library \"$said\", without it \"$without\""
