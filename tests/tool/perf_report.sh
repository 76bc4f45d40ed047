#!/bin/sh
# The report of gsctp perf: it has in it what --json prints, asks for nothing
# from elsewhere, and in a browser its charts show what the document says.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/script.sh
. "$here/../support/script.sh"
: "${top_builddir:=.}"
gsctp=$top_builddir/apps/gsctp/gsctp
[ -x "$gsctp" ] || skip "gsctp was built without jansson"
need jq mkfifo
use_tmp

mkfifo "$tmp/server"
"$gsctp" perf -s -p 0 -u 0 --bind 127.0.0.1 >"$tmp/server" 2>&1 &
pids=$!
exec 3<"$tmp/server"
read -r line <&3 || die "the server says nothing"
port=$(expr "$line" : 'listening on port \([0-9]*\), UDP port') ||
    die "the server says: $line"
udp=${line##* }

# A report $tmp/NAME.html of a test with these options.
report() {
	what=$1
	page=$tmp/$1.html
	json=$tmp/$1.json
	shift
	"$gsctp" perf -c 127.0.0.1 -p "$port" -u 0 --bind 127.0.0.1 --peer-udp-port "$udp" \
	    --json --report "$page" "$@" >"$json" || die "$what: fails"
	sed -n 's,^<script type="application/json"[^>]*>\(.*\)</script>$,\1,p' \
	    "$page" >"$tmp/inside"
	jq -e . "$tmp/inside" >/dev/null || die "$what: no document in it"
	jq -n --slurpfile a "$tmp/inside" --slurpfile b "$json" -e \
	    '$a == $b' >/dev/null || die "$what: has another document"
	# The name of SVG is no address that is asked for.
	sed 's,http://www.w3.org/2000/svg,,' "$page" |
	    grep -E '(https?:)?//[a-z]|@import|<link|src=|url\(' &&
	    die "$what: wants something from elsewhere"
	return 0
}

report throughput -t 1 -i 0.2 --bidir
report latency --latency -n 6400
report setup --setup -t 0.5 -i 0.2 -P 2
report short -n 1000
echo "perf_report: four documents"

# No page where it cannot be written, and no success.
code=0
"$gsctp" perf -c 127.0.0.1 -p "$port" -u 0 --bind 127.0.0.1 --peer-udp-port "$udp" -n 1000 \
    --report "$tmp/no/page.html" >"$tmp/out" 2>"$tmp/err" || code=$?
[ "$code" -eq 1 ] || die "a report that cannot be written: exit code $code"
grep 'page.html: ' "$tmp/err" >/dev/null || die "says $(cat "$tmp/err")"

# The browser has no sanitizer, and draws the same pages.
! grep -e '-fsanitize=' "$top_builddir/config.status" >/dev/null ||
    skip "this build has a sanitizer, so the pages were not drawn"
browser=
for name in chromium chromium-browser google-chrome; do
	command -v "$name" >/dev/null && browser=$name && break
done
[ -n "$browser" ] || skip "no chromium, so the pages were not drawn"

# What the browser makes of it, an element a line: $tmp/dom.
look() {
	what=$1
	json=$tmp/$1.json
	timeout 60 "$browser" --headless --no-sandbox --disable-gpu \
	    --user-data-dir="$tmp/chromium" --window-size="$2",1600 \
	    --dump-dom "file://$tmp/$1.html" >"$tmp/raw" 2>"$tmp/err" || {
		cat "$tmp/err" >&2
		die "$what: the browser fails"
	}
	sed 's/</\n</g' "$tmp/raw" >"$tmp/dom"
	grep 'NaN\|undefined\|Infinity' "$tmp/dom" |
	    grep -v '^<script\|^	' | grep '^<[a-z]* [^>]*NaN\|^<[a-z]*[^>]*>\(NaN\|undefined\|Infinity\)' &&
	    die "$what: a figure went wrong"
	return 0
}

# The part of the page that is chart ID.
part() {
	awk -v id="<section id=\"$1\"" 'index($0, id) { on = 1 }
	    on { print }
	    /^<\/section>/ { on = 0 }' "$tmp/dom"
}

# The intervals that are drawn: not what is left over at the end.
# shellcheck disable=SC2016
drawn='(.start.parameters.interval_ms / 10000) as $least |
    [.intervals[] | select(.end - .start >= $least)] as $long |
    (if ($long | length) > 0 then $long else .intervals end)'

# Chart ID has a point of these values, in this order, for series NAME: those
# of the document by EXPRESSION.
points() {
	part "$1" | sed -n \
	    "s/.*data-series=\"$2\" data-value=\"\\([^\"]*\\)\".*/\\1/p" \
	    >"$tmp/values"
	jq -n --slurpfile seen "$tmp/values" --slurpfile doc "$json" -e "
	    [\$doc[0] | $drawn | $3 | select(. != null)] as \$said |
	    (\$seen | length) == (\$said | length) and (\$said | length) > 0
	    and ([range(\$said | length) | (\$seen[.] - \$said[.]) | fabs] |
	    max < 0.001)" >/dev/null ||
	    die "$what: chart $1 does not show $3: $(cat "$tmp/values")"
}

# The points of chart ID are where their values belong, by its axis: as high as
# the number beside the highest line says, and from left to right.
placed() {
	part "$1" | sed -n "s/.*<circle class=\"[^\"]*\" cx=\"\([^\"]*\)\" \
cy=\"\([^\"]*\)\" r=\"[^\"]*\" data-series=\"$2\" data-value=\"\([^\"]*\)\".*/\
\1 \2 \3/p" >"$tmp/places"
	floor=$(part "$1" | sed -n 's/.*class="axis".* y1="\([^"]*\)".*/\1/p')
	unit=$(text_in "$1" yname)
	top=$(part "$1" | sed -n \
	    's/^<text class="ytick".* y="\([^"]*\)"[^>]*>\(.*\)/\1 \2/p' |
	    tail -n 1)
	echo "$floor $top ${unit##* }" | awk '
	    NR == 1 { floor = $1; top = $1 - ($2 - 4)
		scale = $4 ~ /^G/ ? 1e9 : $4 ~ /^M/ ? 1e6 : $4 ~ /^k/ ? 1e3 : 1
		most = $3 * scale; next }
	    { if (NR > 2 && $1 <= last) exit bad = 1
	      last = $1
	      off = (floor - $2) - $3 / most * top
	      if (off < -0.5 || off > 0.5) exit bad = 1 }
	    END { exit bad || NR < 2 }' - "$tmp/places" ||
	    die "$what: chart $1 has its points elsewhere: $(cat "$tmp/places")"
}

# A text of class CLASS in chart ID.
text_in() {
	part "$1" | sed -n "s/^<text class=\"$2\"[^>]*>//p"
}

# No point of the chart of throughput, of which this is the highest, is above
# its highest line.
below_top() {
	top=$(text_in throughput ytick | tail -n 1)
	text_in throughput yname | awk -v top="$top" -v most="$1" '{
		unit = $3 == "Gbit/s" ? 1e9 : $3 == "Mbit/s" ? 1e6 : \
		    $3 == "kbit/s" ? 1e3 : 1
		exit top * unit < most
	}' || die "$what: $1 is above the top of the chart, $top"
}

# A page of a document that this turns $tmp/short.json into.
page_of() {
	what=$1
	shift
	json=$tmp/$what.json
	jq -c "$@" "$tmp/short.json" >"$json"
	{
		sed '/^<script type="application\/json"/,$d' "$tmp/short.html"
		sed -n 's,^\(<script type="application/json"[^>]*>\).*,\1,p' \
		    "$tmp/short.html" | tr -d '\n'
		tr -d '\n' <"$json"
		echo '</script>'
		sed '1,/^<script type="application\/json"/d' "$tmp/short.html"
	} >"$tmp/$what.html"
}

for width in 1200 400; do
	look throughput "$width"
	for way in server client; do
		points throughput "to the $way" \
		    ".[].to_$way.bits_per_second"
		points rtt "to the $way" ".[].to_$way.rtt_ms"
		points cwnd "to the $way" ".[].to_$way.cwnd"
		points rtx "to the $way" ".[].to_$way.retransmissions"
		placed throughput "to the $way"
		placed cwnd "to the $way"
	done
	# The largest value is written at it, and fits below the top.
	most=$(jq "$drawn | "'[.[] | .to_server, .to_client |
	    .bits_per_second // 0] | max' "$json")
	peak=$(text_in throughput peak)
	echo "$peak" | awk -v most="$most" '{
		unit = $2 == "Gbit/s" ? 1e9 : $2 == "Mbit/s" ? 1e6 : \
		    $2 == "kbit/s" ? 1e3 : 1
		sub(/,/, "", $1)
		off = $1 * unit / most - 1
		exit off < -0.01 || off > 0.01
	}' || die "$what: the peak is $most, and its label $peak"
	name=$(text_in throughput yname)
	case $name in
	'goodput in '*'bit/s') ;;
	*) die "$what: the axis is named: $name" ;;
	esac
	[ "$(text_in throughput xname)" = 'time in seconds' ] ||
	    die "$what: time has no unit"
	below_top "$most"
	grep '^<h1 id="title">Throughput, both ways' "$tmp/dom" >/dev/null ||
	    die "$what: has no title"
	bytes=$(jq .end.to_server.bytes_received "$json" |
	    awk '{ while ($0 ~ /[0-9][0-9][0-9][0-9]/)
		sub(/[0-9][0-9][0-9]($|,)/, ",&"); print }')
	grep -F ">$bytes" "$tmp/dom" >/dev/null ||
	    die "$what: no table has $bytes"

	[ "$width" -gt 1000 ] || continue
	look latency "$width"
	points times p50 '.[].latency.p50_us'
	points times p99 '.[].latency.p99_us'
	bars=$(part histogram | sed -n 's/.*data-count="\([0-9]*\)".*/\1/p' |
	    awk '{ n += $1; bars++ } END { print n, (bars > 1) }')
	[ "$bars" = '100 1' ] || die "$what: the bars add up to $bars"
	[ "$(text_in histogram percentile | tr '\n' ' ')" = \
	    'p50 p90 p99 p99.9 ' ] || die "$what: percentiles are missing"

	look setup "$width"
	points times p50 '.[].setup.p50_us'
	bars=$(part histogram | sed -n 's/.*data-count="\([0-9]*\)".*/\1/p' |
	    awk '{ n += $1 } END { print n + 0 }')
	[ "$bars" = "$(jq .end.setup.count "$json")" ] ||
	    die "$what: the bars add up to $bars"

	look short "$width"
	points throughput "to the server" \
	    ".[].to_server.bits_per_second"

	# One that is a little above a line has another above it.
	page_of edge '.intervals[].to_server.bits_per_second = 3000056924'
	look edge "$width"
	points throughput "to the server" \
	    ".[].to_server.bits_per_second"
	below_top 3000056924
done
echo "perf_report: charts of four pages"
