/* What is accepted by name: from the case, and from a command line besides. */
#include "case/accept.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "case/case.h"
#include "case/private/schema.h"

static const char *const names[NP_ACCEPT_COUNT] = {
#define ACCEPT_NAME(id, name, text) name,
    NP_ACCEPT_TABLE(ACCEPT_NAME)
#undef ACCEPT_NAME
};

const char *np_accept_name(np_accept what)
{
    return names[what];
}

void np_accept_list(np_accept_set set, char text[NP_ACCEPT_TEXT_BYTES])
{
    const char *in_set[NP_ACCEPT_COUNT];
    size_t n = 0;
    for (int i = 0; i < NP_ACCEPT_COUNT; i++)
        if (set & 1u << i)
            in_set[n++] = names[i];
    *text = '\0';
    if (n)
        np_suggest_list(text, NP_ACCEPT_TEXT_BYTES, in_set, n);
}

np_accept_set np_case_accepted(const np_case *c)
{
    np_accept_set set = 0;
    for (unsigned i = 0; i < c->n_accept; i++)
        set |= 1u << c->accept[i];
    return set;
}

static np_status refuse_name(const char *word, np_error *err)
{
    char list[NP_ACCEPT_TEXT_BYTES] = "", meant[64] = "";
    np_suggest_list(list, sizeof list, names, NP_ACCEPT_COUNT);
    const char *near = np_suggest_name(word, names, NP_ACCEPT_COUNT), *says = case_accept_says_of(word);
    if (near && !*says)
        snprintf(meant, sizeof meant, "; is '%s' meant?", near);
    return np_error_set(err, NP_ERR_USAGE, "--accept: expected one of %s, found '%s'%s%s", list, word, says, meant);
}

np_status np_case_accept(np_case *c, const char *text, np_error *err)
{
    np_accept_set set = np_case_accepted(c);
    for (const char *at = text;; at++) {
        char word[32];
        size_t length = strcspn(at, ",");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        int which = 0;
        while (which < NP_ACCEPT_COUNT && strcmp(names[which], word) != 0)
            which++;
        if (which == NP_ACCEPT_COUNT)
            return refuse_name(word, err);
        set |= 1u << which;
        at += length;
        if (*at == '\0')
            break;
    }
    c->n_accept = 0;
    for (int i = 0; i < NP_ACCEPT_COUNT; i++)
        if (set & 1u << i)
            c->accept[c->n_accept++] = (np_accept)i;
    return NP_OK;
}
