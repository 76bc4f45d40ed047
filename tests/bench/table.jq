# table.jq: a result as text.

def pad($n): . + (" " * ([$n - length, 0] | max));
def lead($n): (" " * ([$n - length, 0] | max)) + .;

# With so many decimals; jq has no printf.
def fixed($decimals):
    if . == null then "-"
    elif $decimals == 0 then round | tostring
    else (. < 0) as $neg | pow(10; $decimals) as $p |
        (fabs * $p | round) as $v |
        (if $neg then "-" else "" end) +
        ($v / $p | floor | tostring) + "." +
        ($v % $p | tostring | ("0" * ($decimals - length)) + .)
    end;

def value($side): .decimals as $d | .sides[$side].median | fixed($d);
def ratio: if . == null then "-" else fixed(2) end;

. as $r | $r.programs as $p |
([ $r.rows[] | select(.sides.a or .sides.b or .sides.c) ]) as $two |
([ $r.rows[] | select(.sides.tcp or .sides.udp) ]) as $ref |
($r.conditions |
    "\(.date), \(.kernel), \(.cpus) x \(.cpu)",
    "\(.rounds) rounds of \(.seconds) s, medians; \(.took_s) s in all; " +
    "load at the end \(.load_at_end)",
    ""),
(if $two == [] then empty else
    ("measure" | pad(17)) + ("figure" | pad(33)) +
    ([($p.a // "-"), ($p.b // "-"), "a/b", "other way", "a/other"] |
        map(lead(11)) | add),
    ($two[] |
        (.measure | pad(17)) + (.unit | pad(33)) +
        (value("a") | lead(11)) + (value("b") | lead(11)) +
        (.ratio | ratio | lead(11)) + (value("c") | lead(11)) +
        (.ratio_c | ratio | lead(11))),
    ""
end),
(if $ref == [] then empty else
    ("reference" | pad(17)) + ("figure" | pad(33)) +
    (["tcp", "udp"] | map(lead(11)) | add),
    ($ref[] |
        (.measure | pad(17)) + (.unit | pad(33)) +
        (value("tcp") | lead(11)) + (value("udp") | lead(11)))
end)
