/* What a shared object gives to others and asks of the loader, from its tables (System V ABI, ELF-64).  A name that is exported beside the
 * entry can be taken for another library's of that name.  Nothing in the file is trusted: every offset is checked against its size. */
#include "field/trial/binary.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <needlepath/plugin.h>
#include "field/trial/trial.h"

typedef struct binary {
    const uint8_t *bytes;
    size_t size;
} binary;

/* N items of ITEM bytes at OFFSET; NULL if they are not all there, or lie askew. */
static const void *part(const binary *b, uint64_t offset, uint64_t n, size_t item)
{
    if (offset > b->size || n > (b->size - offset) / item || offset % 8 != 0)
        return NULL;
    return b->bytes + offset;
}

static const char *name_at(const binary *b, const Elf64_Shdr *strings, uint32_t at)
{
    if (strings->sh_offset > b->size || strings->sh_size > b->size - strings->sh_offset || at >= strings->sh_size)
        return NULL;
    const char *name = (const char *)b->bytes + strings->sh_offset + at;
    return memchr(name, '\0', strings->sh_size - at) ? name : NULL;
}

/* Names that linkers add themselves. */
static bool is_linkers(const char *name)
{
    static const char *const names[] = {"_init", "_fini", "_edata", "_end", "__bss_start"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void check_symbols(const binary *b, const Elf64_Shdr *table, const Elf64_Shdr *strings)
{
    uint64_t n = table->sh_size / sizeof(Elf64_Sym), others = 0;
    const Elf64_Sym *symbols = part(b, table->sh_offset, n, sizeof *symbols);
    const char *first = NULL;
    for (uint64_t i = 0; symbols && i < n; i++) {
        const char *name = name_at(b, strings, symbols[i].st_name);
        unsigned seen = ELF64_ST_VISIBILITY(symbols[i].st_other), bind = ELF64_ST_BIND(symbols[i].st_info);
        if (symbols[i].st_shndx == SHN_UNDEF || bind == STB_LOCAL || seen == STV_HIDDEN || seen == STV_INTERNAL ||
            !name || !name[0] || is_linkers(name) || strcmp(name, NP_PLUGIN_ENTRY) == 0)
            continue;
        first = first ? first : name;
        others++;
    }
    if (others > 0)
        field_trial_found("file.exports", "it exports '%.80s', and so %llu too many", first,
                          (unsigned long long)others);
}

static void check_sections(const binary *b, const Elf64_Ehdr *head)
{
    const Elf64_Shdr *sections = part(b, head->e_shoff, head->e_shnum, sizeof *sections);
    for (unsigned i = 0; sections && i < head->e_shnum; i++)
        if (sections[i].sh_type == SHT_DYNSYM && sections[i].sh_link < head->e_shnum)
            check_symbols(b, &sections[i], &sections[sections[i].sh_link]);
}

static void check_segments(const binary *b, const Elf64_Ehdr *head)
{
    const Elf64_Phdr *segments = part(b, head->e_phoff, head->e_phnum, sizeof *segments);
    for (unsigned i = 0; segments && i < head->e_phnum; i++) {
        if (segments[i].p_type == PT_GNU_STACK && segments[i].p_flags & PF_X)
            field_trial_found("file.code", "it asks for a stack that can be executed");
        if (segments[i].p_type == PT_LOAD && segments[i].p_flags & PF_X && segments[i].p_flags & PF_W)
            field_trial_found("file.code", "it has memory that can be written and executed");
    }
}

static void check(const binary *b)
{
    const Elf64_Ehdr *head = part(b, 0, 1, sizeof *head);
    if (!head || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_ident[EI_CLASS] != ELFCLASS64)
        return; /* the loader says why it is none */
    check_sections(b, head);
    check_segments(b, head);
}

void field_trial_binary(np_message *request)
{
    char *path = np_message_get_text(request);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        binary b = {.size = (size_t)st.st_size};
        void *bytes = mmap(NULL, b.size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            b.bytes = bytes;
            check(&b);
            munmap(bytes, b.size);
        }
    }
    if (fd >= 0)
        close(fd);
    free(path);
}
