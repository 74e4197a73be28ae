/* The operator's console; see console.h. */
#include "sim/console.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool sim_console_read(sim_console *console, int file, char out_line[SIM_CONSOLE_LINE])
{
    ssize_t n;
    if (console->size < sizeof console->text && !console->ended) {
        n = read(file, console->text + console->size, sizeof console->text - console->size);
        console->size += n > 0 ? (size_t)n : 0;
        console->ended = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    }
    char *end = memchr(console->text, '\n', console->size);
    if (!end && console->size < sizeof console->text)
        return false;
    /* A line that is longer than any command is one that cannot be understood. */
    size_t length = end ? (size_t)(end - console->text) : console->size, taken = end ? length + 1 : length;
    memcpy(out_line, console->text, length);
    out_line[length] = '\0';
    console->size -= taken;
    memmove(console->text, console->text + taken, console->size);
    return true;
}
