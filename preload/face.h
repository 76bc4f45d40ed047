/*
 * face: what the files of interposed functions share.
 *
 * Each such function is libc's own, by name and meaning; preload/preload.map
 * lists them.  It looks whether the descriptor is one of ours, and calls
 * libc's otherwise.
 */

#ifndef PS_FACE_H
#define PS_FACE_H

#define PS_FACE __attribute__((visibility("default")))

#endif
