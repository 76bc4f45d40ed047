# medians.jq: the lines of all rounds, as one document: the conditions, and of
# each figure of each measure the median, the least and the most of each side,
# and the medians' ratio.

def median:
    sort | length as $n |
    if $n % 2 == 1 then .[($n - 1) / 2]
    else (.[$n / 2 - 1] + .[$n / 2]) / 2 end;

# What is shown: unit, decimals, and what is better.
def figures: {
    mb_s: ["MB/s", 1, "more"],
    messages_s: ["messages/s", 0, "more"],
    cpu_s_gb: ["CPU s/GB", 2, "less"],
    cpu_send_s_gb: ["CPU s/GB, sender", 2, "less"],
    cpu_receive_s_gb: ["CPU s/GB, receiver", 2, "less"],
    fragment: ["bytes of a message a packet", 0, "more"],
    lost: ["share lost", 3, "less"],
    p50_us: ["us, p50", 1, "less"],
    p99_us: ["us, p99", 1, "less"],
    cpu_us_trip: ["CPU us a round trip", 1, "less"],
    setups_s: ["set-ups/s", 0, "more"],
    cpu_us_setup: ["CPU us a set-up", 1, "less"],
    heap_assoc: ["bytes of heap an association", 0, "less"],
    rss_assoc: ["resident bytes an association", 0, "less"],
    heap_socket: ["bytes of heap a socket with one", 0, "less"],
    rss_socket: ["resident bytes a socket with one", 0, "less"],
    wakeups_s: ["wake-ups/s", 1, "less"],
    cpu_ms_s: ["CPU ms/s", 3, "less"]
};

def stats:
    {median: median, min: min, max: max, values: .};

def over($x; $y):
    if $x == null or $y == null or $y.median == 0 then null
    else $x.median / $y.median end;

# All lines of a measure: a row a figure.
def rows:
    . as $lines | $lines[0].name as $name |
    (map(keys_unsorted[]) | unique) as $there |
    figures | to_entries[] | select(.key | IN($there[])) |
    # It is the same in all others; and one association is less than a page.
    select(.key != "fragment" or ($name | startswith("loopback"))) |
    select($name != "memory-1" or (.key | startswith("rss") | not)) |
    .key as $key | .value as [$unit, $decimals, $better] |
    (reduce ($lines[] | select(has($key))) as $l ({};
        .[$l.side] += [$l[$key]]) | map_values(stats)) as $sides |
    {measure: $name, figure: $key, unit: $unit, decimals: $decimals,
        better: $better, sides: $sides,
        ratio: over($sides.a; $sides.b),
        ratio_c: over($sides.a; $sides.c)};

. as $all |
{
    conditions: {
        date: $date, kernel: $kernel, cpu: $cpu, cpus: $cpus,
        load_at_end: ($load | tonumber), rounds: $rounds,
        seconds: $seconds, took_s: $took
    },
    programs: (reduce $all[] as $l ({}; .[$l.side] = $l.program)),
    # In the order in which they were first taken.
    rows: [(reduce $all[] as $l ([]; if index($l.name) then .
        else . + [$l.name] end))[] as $name |
        [$all[] | select(.name == $name)] | rows]
}
