/*
 * textfile: a file to be read by lines, whose descriptor is made by open().
 *
 * fopen() makes one where nobody can see it: the preload library, which keeps
 * descriptors of this library out of the program's way, replaces open() here.
 *
 * Any thread.  Layer 0.
 */

#ifndef GS_TEXTFILE_H
#define GS_TEXTFILE_H

#include <stdio.h>

/* For fclose(); NULL, and errno says why. */
FILE *gs_textfile_open(const char *path);

#endif
