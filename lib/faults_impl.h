/*
 * faults_impl: what the files of faults share.
 *
 *	faults.c	what becomes of a packet, and when it is due
 *	faults_parse.c	a specification becomes numbers
 *
 * Layer 2.
 */

#ifndef GS_FAULTS_IMPL_H
#define GS_FAULTS_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "faults.h"

/* A chance of 100 %. */
#define GS_FAULTS_CERTAIN 100000000

/* Addresses whose packets vanish, in a direction. */
#define GS_FAULTS_HOLES 16

/* Of one direction; all zero is no fault.  Chances are of GS_FAULTS_CERTAIN. */
struct gs_faults_spec {
	uint32_t loss;
	uint32_t burst;	    /* that one begins with this packet */
	uint32_t burst_end; /* that it ends before this packet */
	uint32_t duplicate;
	uint32_t corrupt;
	uint32_t reorder;
	uint32_t overtakers; /* at most so many go first */
	uint64_t delay_us;
	uint64_t jitter_us;    /* at most delay_us */
	uint64_t rate_bps;     /* bits a second; 0: no limit */
	uint64_t rate_wait_us; /* until its turn, at most */
	uint32_t mtu;	       /* bytes of IP; 0: no limit */
	union gs_addr holes[GS_FAULTS_HOLES];
	size_t nholes;
};

struct gs_faults_specs {
	struct gs_faults_spec dir[GS_FAULTS_DIRECTIONS];
	uint64_t seed;
	bool has_seed;
};

/* 0, -EINVAL and a line in the log, or -ENOMEM. */
int gs_faults_parse(const char *text, struct gs_faults_specs *out);

#endif
