/*
 * measures: the halves of each measure that is taken of a library.
 */

#ifndef BENCH_MEASURES_H
#define BENCH_MEASURES_H

#include "bench.h"

void flow_serve(struct bench *b);
void flow_ask(struct bench *b);
void ping_serve(struct bench *b);
void ping_ask(struct bench *b);
void setup_serve(struct bench *b);
void setup_ask(struct bench *b);
void memory_serve(struct bench *b);
void memory_ask(struct bench *b);
void idle_serve(struct bench *b);
void idle_ask(struct bench *b);

#endif
