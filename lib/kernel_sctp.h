/*
 * kernel_sctp: does this kernel speak SCTP itself?
 *
 * Guarantees
 *  - asking does not load the kernel's module, as making a socket would.
 *
 * Layer 0.
 */

#ifndef GS_KERNEL_SCTP_H
#define GS_KERNEL_SCTP_H

/* The protocols that the kernel has at this moment, modules included. */
#define GS_PROTOCOLS "/proc/net/protocols"

/* path is GS_PROTOCOLS, or a file of its form.  1 or 0, or -errno where the
 * file cannot be read. */
int gs_kernel_has_sctp(const char *path);

#endif
