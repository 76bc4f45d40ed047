/*
 * run_elf: what a program's file says of itself.  See run.h.
 *
 * Nothing of it is believed: each offset and length is looked at before it is
 * used, and read by pread().
 */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/* The kernel reads no more of a script's first line. */
#define LINE_SIZE 256

/* Far more than there are. */
#define HEADERS_MAX 512
#define NOTES_MAX 65536

/* All of it, or nothing. */
static bool
read_at(int fd, off_t offset, void *to, size_t len)
{
	return pread(fd, to, len, offset) == (ssize_t)len;
}

/* The bytes of a program header, if they are sane. */
static bool
read_segment(int fd, const ElfW(Phdr) * ph, void *to, size_t max)
{
	if (ph->p_filesz > max || ph->p_offset > INT64_MAX)
		return false;
	return read_at(fd, (off_t)ph->p_offset, to, (size_t)ph->p_filesz);
}

static size_t
padded(uint32_t len)
{
	return ((size_t)len + 3) & ~(size_t)3;
}

/* Go's linker leaves its build's id, with the owner "Go". */
static bool
has_go_note(int fd, const ElfW(Phdr) * ph)
{
	static unsigned char notes[NOTES_MAX];
	ElfW(Nhdr) note;
	size_t at = 0, len = (size_t)ph->p_filesz, name;

	if (!read_segment(fd, ph, notes, sizeof(notes)))
		return false;
	while (len - at >= sizeof(note)) {
		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		if (padded(note.n_namesz) > len - name)
			return false;
		if (note.n_namesz == 4 && memcmp(notes + name, "Go", 3) == 0)
			return true;
		at = name + padded(note.n_namesz);
		if (padded(note.n_descsz) > len - at)
			return false;
		at += padded(note.n_descsz);
	}
	return false;
}

static int
read_interp(int fd, const ElfW(Phdr) * ph, struct run_file *out)
{
	if (ph->p_filesz == 0 ||
	    !read_segment(fd, ph, out->interp, sizeof(out->interp)) ||
	    out->interp[ph->p_filesz - 1] != '\0')
		return -ENOEXEC;
	return 0;
}

static int
read_headers(int fd, const ElfW(Ehdr) * eh, struct run_file *out)
{
	ElfW(Phdr) ph;
	size_t i;
	int err;

	if (eh->e_phentsize != sizeof(ph) || eh->e_phnum > HEADERS_MAX ||
	    eh->e_phoff > INT64_MAX - HEADERS_MAX * sizeof(ph))
		return -ENOEXEC;
	for (i = 0; i < eh->e_phnum; i++) {
		if (!read_at(fd, (off_t)(eh->e_phoff + i * sizeof(ph)), &ph,
			sizeof(ph)))
			return -ENOEXEC;
		if (ph.p_type == PT_INTERP && out->interp[0] == '\0') {
			err = read_interp(fd, &ph, out);
			if (err != 0)
				return err;
		} else if (ph.p_type == PT_NOTE && has_go_note(fd, &ph)) {
			out->is_go = true;
		}
	}
	return 0;
}

/* The headers of another class or byte order are nobody's here. */
static int
read_elf(int fd, const unsigned char *ident, struct run_file *out)
{
	static const uint16_t one = 1;
	ElfW(Ehdr) eh;

	out->kind = RUN_ELF;
	out->elf_class = ident[EI_CLASS];
	out->byte_order = ident[EI_DATA];
	if (out->byte_order !=
	    (*(const unsigned char *)&one ? ELFDATA2LSB : ELFDATA2MSB))
		return 0;
	/* Up to here both classes are the same. */
	memset(&eh, 0, sizeof(eh));
	if (!read_at(fd, 0, &eh, offsetof(ElfW(Ehdr), e_entry)))
		return -ENOEXEC;
	out->machine = eh.e_machine;
	out->is_program = eh.e_type == ET_EXEC || eh.e_type == ET_DYN;
	if (!out->is_program ||
	    out->elf_class != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32))
		return 0;
	if (!read_at(fd, 0, &eh, sizeof(eh)))
		return -ENOEXEC;
	return read_headers(fd, &eh, out);
}

/* "#! interpreter argument": one argument, with the blanks that are in it. */
static int
read_script(char *line, struct run_file *out)
{
	static const char blanks[] = " \t";
	char *name = line + 2, *end;
	size_t len;

	out->kind = RUN_SCRIPT;
	line[strcspn(line, "\n")] = '\0';
	name += strspn(name, blanks);
	len = strcspn(name, blanks);
	if (len == 0)
		return -ENOEXEC;
	(void)snprintf(out->interp, sizeof(out->interp), "%.*s", (int)len,
	    name);
	name += len;
	name += strspn(name, blanks);
	end = name + strlen(name);
	while (end > name && strchr(blanks, end[-1]) != NULL)
		end--;
	(void)snprintf(out->arg, sizeof(out->arg), "%.*s", (int)(end - name),
	    name);
	return 0;
}

int
run_file_read(const char *path, struct run_file *out)
{
	char line[LINE_SIZE + 1] = "";
	ssize_t n;
	int fd, err = 0;

	memset(out, 0, sizeof(*out));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return -errno;
	n = pread(fd, line, LINE_SIZE, 0);
	if (n < 0)
		err = -errno;
	else if (n >= EI_NIDENT && memcmp(line, ELFMAG, SELFMAG) == 0)
		err = read_elf(fd, (const unsigned char *)line, out);
	else if (n >= 2 && memcmp(line, "#!", 2) == 0)
		err = read_script(line, out);
	(void)close(fd);
	return err;
}

const char *
run_machine_name(const struct run_file *f)
{
	static const struct {
		unsigned int machine;
		const char *name;
	} names[] = {
		{ EM_386, "i386" },
		{ EM_AARCH64, "aarch64" },
		{ EM_ARM, "arm" },
		{ EM_LOONGARCH, "loongarch" },
		{ EM_MIPS, "mips" },
		{ EM_PPC, "powerpc" },
		{ EM_PPC64, "powerpc64" },
		{ EM_RISCV, "riscv" },
		{ EM_S390, "s390" },
		{ EM_X86_64, "x86-64" },
	};
	static char text[32];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == f->machine)
			return names[i].name;
	(void)snprintf(text, sizeof(text), "machine %u", f->machine);
	return text;
}
