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

#endif
