/* What is written from the command tables: help, man pages, completion. */
#include <ctype.h>
#include <string.h>

#include "base/command.h"
#include "base/file.h"
#include "base/version.h"

#define STATUSES                                                                                                       \
    "0 done, 1 internal error, 2 usage, 3 invalid input or unsafe plan, 4 link or device, 5 stopped by the operator, " \
    "6 a session ended with dots in doubt or failed"

static void write_option_head(const np_option *o, FILE *out)
{
    if (o->letter)
        fprintf(out, "-%c, ", o->letter);
    fprintf(out, "--%s", o->name);
    if (o->kind != NP_OPTION_FLAG)
        fprintf(out, " %s", o->value);
}

/* Words wrapped at 88 columns behind INDENT blanks. */
static void write_wrapped(const char *text, int indent, FILE *out)
{
    int column = 0;
    while (*text) {
        size_t n = strcspn(text, " \n");
        if (column > 0 && column + 1 + (int)n > 88 - indent) {
            fputc('\n', out);
            column = 0;
        }
        if (column == 0)
            fprintf(out, "%*s", indent, "");
        else
            fputc(' ', out), column++;
        fprintf(out, "%.*s", (int)n, text);
        column += (int)n;
        text += n;
        if (text[0] == '\n' && text[1] == '\n') {
            fputs("\n\n", out);
            column = 0;
        }
        text += strspn(text, " \n");
    }
    if (column > 0)
        fputc('\n', out);
}

static void write_usage(const char *program, const np_command *c, FILE *out)
{
    fprintf(out, "%s%s%s [OPTIONS]%s%s", program, *c->name ? " " : "", c->name, *c->operands ? " " : "", c->operands);
}

static void write_option_help(const np_option *o, FILE *out)
{
    write_wrapped(o->help, 6, out);
    if (o->fallback)
        fprintf(out, "      Default: %s.\n", o->fallback);
}

void np_command_write_help(const char *program, const np_command *c, FILE *out)
{
    fputs("usage: ", out);
    write_usage(program, c, out);
    fprintf(out, "\n\n");
    write_wrapped(c->description, 0, out);
    fputs("\noptions:\n", out);
    for (const np_option *o = c->options; o && o->name; o++) {
        fputs("  ", out);
        write_option_head(o, out);
        fputs(o->required ? " (required)\n" : "\n", out);
        write_option_help(o, out);
    }
    fputs("  -h, --help\n      Print this text.\n", out);
    if (c->examples && c->examples->line)
        fputs("\nexamples:\n", out);
    for (const np_example *e = c->examples; e && e->line; e++)
        fprintf(out, "  # %s\n  %s\n", e->what, e->line);
    if (c->exit_meaning)
        fprintf(out, "\nexit status: %s\n", c->exit_meaning);
}

void np_command_write_overview(const char *program, const char *summary, const np_command *const *commands, FILE *out)
{
    fprintf(out, "usage: %s COMMAND [OPTIONS] ...\n\n", program);
    write_wrapped(summary, 0, out);
    fputs("\ncommands:\n", out);
    for (int i = 0; commands[i]; i++)
        fprintf(out, "  %-15s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(out, "\n`%s COMMAND --help` explains one; `%s --version` prints the version.\n", program, program);
    write_wrapped("exit status: " STATUSES, 0, out);
}

/* roff text: hyphens and backslashes escaped, no line begins with a control character. */
static void write_roff(const char *text, FILE *out)
{
    bool line_start = true;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else
            fputc(*text, out);
        line_start = *text == '\n';
    }
}

/* The command's part of a file's name: "--proxy" is documented as "proxy". */
static const char *page_name(const char *command)
{
    return command + strspn(command, "-");
}

static void write_man_title(const char *program, const char *command, const char *summary, FILE *out)
{
    char title[64];
    snprintf(title, sizeof title, "%s%s%s", program, *command ? "-" : "", page_name(command));
    for (char *p = title; *p; p++)
        *p = *p == ' ' ? '-' : *p;
    fprintf(out, ".TH \"");
    for (const char *p = title; *p; p++)
        fputc(toupper((unsigned char)*p), out);
    fprintf(out, "\" 1 \"\" \"needlepath %s\" \"needlepath\"\n.SH NAME\n", NP_VERSION);
    write_roff(title, out);
    fputs(" \\- ", out);
    write_roff(summary, out);
    fputc('\n', out);
}

static void write_man_paragraphs(const char *text, FILE *out)
{
    for (const char *gap; (gap = strstr(text, "\n\n")); text = gap + 2) {
        char paragraph[4096];
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)(gap - text), text);
        write_roff(paragraph, out);
        fputs("\n.PP\n", out);
    }
    write_roff(text, out);
    fputc('\n', out);
}

static void write_man_status(const char *meaning, FILE *out)
{
    fputs(".SH EXIT STATUS\n", out);
    write_roff(meaning ? meaning : STATUSES, out);
    fputs(".\n", out);
}

void np_command_write_man(const char *program, const np_command *c, FILE *out)
{
    write_man_title(program, c->name, c->summary, out);
    fputs(".SH SYNOPSIS\n.B ", out);
    fprintf(out, "%s %s\n[OPTIONS] ", program, c->name);
    write_roff(c->operands, out);
    fputs("\n.SH DESCRIPTION\n", out);
    write_man_paragraphs(c->description, out);
    fputs(".SH OPTIONS\n", out);
    for (const np_option *o = c->options; o && o->name; o++) {
        fputs(".TP\n.B ", out);
        if (o->letter)
            fprintf(out, "\\-%c, ", o->letter);
        fputs("\\-\\-", out);
        write_roff(o->name, out);
        if (o->kind != NP_OPTION_FLAG)
            fprintf(out, " \\fI%s\\fR", o->value);
        fputc('\n', out);
        write_roff(o->help, out);
        fputc('\n', out);
        if (o->fallback) {
            fputs("Default: ", out);
            write_roff(o->fallback, out);
            fputs(".\n", out);
        }
    }
    fputs(".TP\n.B \\-h, \\-\\-help\nPrint a help text.\n", out);
    write_man_status(c->exit_meaning, out);
    if (c->examples && c->examples->line)
        fputs(".SH EXAMPLES\n", out);
    for (const np_example *e = c->examples; e && e->line; e++) {
        fputs(".PP\n", out);
        write_roff(e->what, out);
        fputs(":\n.PP\n.EX\n", out);
        write_roff(e->line, out);
        fputs("\n.EE\n", out);
    }
}

void np_command_write_overview_man(const char *program, const char *summary, const np_command *const *commands,
                                   FILE *out)
{
    write_man_title(program, "", summary, out);
    fprintf(out, ".SH SYNOPSIS\n.B %s\nCOMMAND [OPTIONS] ...\n.SH COMMANDS\n", program);
    for (int i = 0; commands[i]; i++) {
        fprintf(out, ".TP\n.B %s\n", commands[i]->name);
        write_roff(commands[i]->summary, out);
        fputc('\n', out);
    }
    write_man_status(NULL, out);
}

/* One `case` arm a command: its options, and the words or files that its operands take. */
static void write_completion_arm(const np_command *c, FILE *out)
{
    fprintf(out, "        \"%s\")\n            words=\"--help", *c->name ? c->name : " ");
    for (const np_option *o = c->options; o && o->name; o++)
        fprintf(out, " --%s", o->name);
    if (strchr(c->operands, '|'))
        fprintf(out, " %s", c->operands);
    fputs("\"\n            case $prev in\n", out);
    for (const np_option *o = c->options; o && o->name; o++) {
        if (o->kind == NP_OPTION_CHOICE)
            fprintf(out, "            --%s) words=\"%s\" ;;\n", o->name, o->value);
        else if (o->kind == NP_OPTION_FILE)
            fprintf(out, "            --%s) words= ;;\n", o->name);
    }
    fputs("            esac ;;\n", out);
}

void np_command_write_completion(const char *program, const np_command *const *commands, FILE *out)
{
    fprintf(out, "# bash completion for %s; made from its option tables\n_%s()\n{\n", program, program);
    fputs("    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= name=\n"
          "    local one=${COMP_WORDS[1]:-} two=${COMP_WORDS[2]:-}\n"
          "    case \"$one $two\" in\n",
          out);
    for (int i = 0; commands[i]; i++) {
        bool two = strchr(commands[i]->name, ' ') != NULL;
        if (*commands[i]->name)
            fprintf(out, "    \"%s%s) name=\"%s\" ;;\n", commands[i]->name, two ? "\"" : " \"*", commands[i]->name);
    }
    if (!*commands[0]->name) /* a program without subcommands */
        fputs("    *) name=\" \" ;;\n", out);
    fputs("    esac\n    if [ -z \"$name\" ]; then\n        words=\"", out);
    for (int i = 0; commands[i]; i++)
        fprintf(out, "%s%s", i ? " " : "", commands[i]->name);
    fputs(" --help --version\"\n    else\n        case $name in\n", out);
    for (int i = 0; commands[i]; i++)
        write_completion_arm(commands[i], out);
    fprintf(out,
            "        esac\n    fi\n"
            "    COMPREPLY=($(compgen -W \"${words//|/ }\" -- \"$cur\"))\n"
            "    [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\n"
            "complete -o filenames -F _%s %s\n",
            program, program);
}

static void completion_document(const char *program, const char *summary, const np_command *const *commands, int i,
                                FILE *out)
{
    (void)summary, (void)i;
    np_command_write_completion(program, commands, out);
}

/* The page of command I, or of the whole program for -1. */
static void man_document(const char *program, const char *summary, const np_command *const *commands, int i, FILE *out)
{
    if (i >= 0)
        np_command_write_man(program, commands[i], out);
    else
        np_command_write_overview_man(program, summary, commands, out);
}

np_status np_command_write_documents(const char *program, const char *summary, const np_command *const *commands,
                                     const char *folder, np_error *err)
{
    int n = 0;
    while (commands[n])
        n++;
    /* -2: the completion; -1: the overview, which a program without subcommands does not need */
    for (int i = -2; i < n; i++) {
        if (i == -1 && !*commands[0]->name)
            continue;
        const char *name = i >= 0 ? commands[i]->name : "";
        char path[4096];
        size_t folder_length = (size_t)snprintf(path, sizeof path, "%s/", folder);
        snprintf(path + folder_length, sizeof path - folder_length, "%s%s%s%s", program, *name ? "-" : "",
                 page_name(name), i == -2 ? "" : ".1");
        for (char *p = path + folder_length; *p; p++)
            *p = *p == ' ' ? '-' : *p;
        np_file_writer writer = {0};
        np_status status = np_file_writer_open(&writer, path, err);
        if (status != NP_OK)
            return status;
        (i == -2 ? completion_document : man_document)(program, summary, commands, i, writer.stream);
        status = np_file_writer_commit(&writer, err);
        if (status != NP_OK)
            return status;
    }
    return NP_OK;
}
