/*
 * measures: the halves of each measure that is taken of a library, and how
 * they begin.
 */

#ifndef BENCH_MEASURES_H
#define BENCH_MEASURES_H

#include "bench.h"

/* The message to send, of the length that is asked for; free() it. */
uint8_t *measure_message(const struct bench_args *a);

/* The child: open its socket, for what it will do (net.h), and tell the
 * parent; the second waits for one association too. */
void measure_open(struct bench *b, unsigned int does);
void measure_serve(struct bench *b);

/* The parent: open its socket, and connect it. */
void measure_ask(struct bench *b, unsigned int does);

/* The parent: at most so many round trips, after warm ones that do not count;
 * the number-th one after choose(number % of) where it is not NULL.  The child
 * answers them. */
void measure_pings(struct bench *b, uint32_t most, uint32_t warm,
    void (*choose)(uint32_t i), uint32_t of);
void measure_answer(struct bench *b);

void flow_serve(struct bench *b);
void flow_ask(struct bench *b);
void ping_serve(struct bench *b);
void ping_ask(struct bench *b);
void crowd_serve(struct bench *b);
void crowd_ask(struct bench *b);
void setup_serve(struct bench *b);
void setup_ask(struct bench *b);
void memory_serve(struct bench *b);
void memory_ask(struct bench *b);
void idle_serve(struct bench *b);
void idle_ask(struct bench *b);

#endif
