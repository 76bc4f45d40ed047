# chart.jq: a result as a drawing: two bars a figure, as long as they are to
# the longer one, what they stand for, and the ratio.

def esc: tostring | gsub("&"; "&amp;") | gsub("<"; "&lt;") |
    gsub(">"; "&gt;");

# Three digits that count.
def short:
    if . == 0 then "0"
    elif fabs >= 1e6 then (. / 1e4 | round / 100 | tostring) + "M"
    elif fabs >= 1e4 then (. / 1e2 | round / 10 | tostring) + "k"
    elif fabs >= 100 then round | tostring
    elif fabs >= 10 then . * 10 | round / 10 | tostring
    else . * 100 | round / 100 | tostring end;

def shown: ["mb_s", "cpu_s_gb", "p50_us", "p99_us", "setups_s",
    "heap_assoc", "wakeups_s"];

def good: if .ratio == null then "#555"
    elif (.better == "more") == (.ratio >= 1) then "#1a7f37"
    else "#b3261e" end;

def bar($x; $y; $len; $fill; $text):
    "<rect x=\"\($x)\" y=\"\($y)\" width=\"\($len)\" height=\"11\" " +
    "fill=\"\($fill)\"/><text x=\"\($x + $len + 5)\" y=\"\($y + 10)\" " +
    "font-size=\"11\">\($text)</text>";

. as $r |
[$r.rows[] | select(.figure | IN(shown[])) |
    select(.sides.a and .sides.b)] as $rows |
(70 + 36 * ($rows | length)) as $height |
"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" " +
"height=\"\($height)\" viewBox=\"0 0 860 \($height)\" " +
"font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">",
"<rect width=\"860\" height=\"\($height)\" fill=\"#fff\"/>",
"<text x=\"16\" y=\"24\" font-size=\"15\" font-weight=\"bold\">" +
"<tspan fill=\"#2563a8\">\($r.programs.a | esc)</tspan> and " +
"<tspan fill=\"#7d848d\">\($r.programs.b | esc)</tspan></text>",
"<text x=\"16\" y=\"43\" font-size=\"11\">" +
"\($r.conditions | "\(.date), \(.kernel), \(.cpus) x \(.cpu); " +
"medians of \(.rounds) rounds of \(.seconds) s; at the right the ratio: " +
"green is better" | esc)</text>",
($rows | to_entries[] | .key as $i | .value |
    (58 + 36 * $i) as $y |
    (.sides.a.median) as $a | (.sides.b.median) as $b |
    ([$a, $b, 1e-9] | max) as $most |
    "<text x=\"16\" y=\"\($y + 16)\">\(.measure | esc)</text>" +
    "<text x=\"130\" y=\"\($y + 16)\" font-size=\"11\">\(.unit | esc) " +
    "(\(.better))</text>" +
    bar(330; $y; ($a / $most * 380 | round); "#2563a8"; $a | short) +
    bar(330; $y + 13; ($b / $most * 380 | round); "#b9bfc7"; $b | short) +
    "<text x=\"844\" y=\"\($y + 16)\" text-anchor=\"end\" " +
    "font-weight=\"bold\" fill=\"\(good)\">" +
    "\(if .ratio == null then "-" else .ratio * 100 | round / 100 end)" +
    "</text>"),
"</svg>"
