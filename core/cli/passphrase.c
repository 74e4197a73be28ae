/* Asking for a passphrase without showing it, and without leaving it in the shell's history or in the list of processes: so there is no
 * option that takes the passphrase itself. */
#include "cli/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

enum { FILE_MAX = 4096 };

/* The first line of TEXT. */
static np_status take_line(const char *from, const char *text, char out[NP_PASSPHRASE_BYTES], np_error *err)
{
    size_t n = strcspn(text, "\r\n");
    if (n == 0 || n >= NP_PASSPHRASE_BYTES)
        return np_error_set(err, NP_ERR_INVALID, "%s: expected a passphrase of 1 to %d bytes in the first line", from,
                            NP_PASSPHRASE_BYTES - 1);
    memcpy(out, text, n);
    out[n] = '\0';
    return NP_OK;
}

static np_status read_file(const char *file, char out[NP_PASSPHRASE_BYTES], np_error *err)
{
    char *text;
    size_t size;
    np_status status = np_file_read_text(file, FILE_MAX, &text, &size, err);
    if (status != NP_OK)
        return status;
    status = np_file_check_private(file, err);
    if (status == NP_OK)
        status = take_line(file, text, out, err);
    sodium_memzero(text, size);
    free(text);
    return status;
}

/* Reads a line of TERMINAL, which shows nothing of it.  False at its end, and when Ctrl-C was pressed. */
static bool read_unseen(int terminal, const char *prompt, char out[NP_PASSPHRASE_BYTES])
{
    struct termios before, unseen;
    size_t n = 0;
    char c = '\0';
    if (tcgetattr(terminal, &before) != 0)
        return false;
    unseen = before;
    unseen.c_lflag &=
        ~(tcflag_t)(ECHO | ISIG);            /* Ctrl-C comes as a character, so that the terminal is put right again */
    tcsetattr(terminal, TCSAFLUSH, &unseen); /* and what was typed before it was asked for is none */
    bool asked = write(terminal, prompt, strlen(prompt)) > 0;
    while (asked && read(terminal, &c, 1) == 1 && c != '\n' && c != '\r' && c != before.c_cc[VINTR])
        if (n < NP_PASSPHRASE_BYTES - 1)
            out[n++] = c;
    out[n] = '\0';
    tcsetattr(terminal, TCSAFLUSH, &before);
    return write(terminal, "\n", 1) == 1 && (c == '\n' || c == '\r');
}

static np_status no_terminal(const char *path, np_error *err)
{
    return np_error_set(err, NP_ERR_INVALID,
                        "%s: there is no terminal to ask for the passphrase: give --passphrase-file FILE, or set "
                        "NEEDLEPATH_PASSPHRASE",
                        path);
}

static np_status ask_terminal(const char *path, bool is_new, char out[NP_PASSPHRASE_BYTES], np_error *err)
{
    char prompt[200], again[NP_PASSPHRASE_BYTES];
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return no_terminal(path, err);
    np_status status = NP_OK;
    snprintf(prompt, sizeof prompt, "%s of %.100s: ", is_new ? "new passphrase" : "passphrase", CLI_PLAIN(path));
    if (!read_unseen(terminal, prompt, out) || !out[0])
        status = np_error_set(err, NP_ERR_STOPPED, "%s: no passphrase was given", path);
    else if (is_new && (!read_unseen(terminal, "the same again: ", again) || strcmp(out, again) != 0))
        status =
            np_error_set(err, NP_ERR_INVALID, "%s: the two passphrases are not the same; nothing was written", path);
    sodium_memzero(again, sizeof again);
    close(terminal);
    return status;
}

static np_status get(const np_command_args *args, const char *path, bool is_new, char out[NP_PASSPHRASE_BYTES],
                     np_error *err)
{
    const char *file = np_args_text(args, "passphrase-file"), *variable = getenv("NEEDLEPATH_PASSPHRASE");
    if (file)
        return read_file(file, out, err);
    if (variable)
        return take_line("NEEDLEPATH_PASSPHRASE", variable, out, err);
    return ask_terminal(path, is_new, out, err);
}

bool cli_passphrase_can_be_had(const np_command_args *args)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal >= 0)
        close(terminal);
    return terminal >= 0 || np_args_text(args, "passphrase-file") || getenv("NEEDLEPATH_PASSPHRASE");
}

np_status cli_passphrase_ask(void *context, const char *path, char out_passphrase[NP_PASSPHRASE_BYTES], np_error *err)
{
    return get(context, path, false, out_passphrase, err);
}

np_status cli_passphrase_ask_new(const np_command_args *args, const char *path,
                                 char out_passphrase[NP_PASSPHRASE_BYTES], np_error *err)
{
    return get(args, path, true, out_passphrase, err);
}
