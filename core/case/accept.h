/* What planning refuses unless it is accepted by name, in the case (`accept: [hole]`) or at planning (`--accept hole`).  The plan holds the set
 * under its digest, so an approval signs what was accepted.  Eyes are not in the table: nothing allows them. */
#ifndef NP_CASE_ACCEPT_H
#define NP_CASE_ACCEPT_H

#include <stdint.h>

#include "base/status.h"

/* identifier, name in the case file, what it is */
#define NP_ACCEPT_TABLE(X)                                                                                             \
    X(HOLE, "hole", "the scan has a hole in the treated area: no dots are made there")                                 \
    X(COVERED, "covered", "another surface lies over the skin, in the needle's way")                                   \
    X(LAYERS, "double-layer", "another surface lies just under the skin: which of them is the skin?")                  \
    X(SPIKE, "spike", "the surface is no skin there: a spike, a fin or a fold")                                        \
    X(FACE, "face", "the face below the hairline")                                                                     \
    X(BROW, "brow", "an eyebrow")                                                                                      \
    X(NOSE, "nose", "the nose")                                                                                        \
    X(MOUTH, "mouth", "the lips")                                                                                      \
    X(EAR, "ear", "an ear")                                                                                            \
    X(NECK, "neck", "the neck below the nape's hair")                                                                  \
    X(LARGE, "large", "more skin than the scalp of this head has")

typedef enum np_accept {
#define NP_ACCEPT_ID(id, name, text) NP_ACCEPT_##id,
    NP_ACCEPT_TABLE(NP_ACCEPT_ID)
#undef NP_ACCEPT_ID
        NP_ACCEPT_COUNT
} np_accept;

/* A set of them: bit 1 << np_accept. */
typedef uint32_t np_accept_set;

#define NP_ACCEPT_TEXT_BYTES 128
/* The names of SET, separated by commas; empty for none.  Any thread. */
void np_accept_list(np_accept_set set, char text[NP_ACCEPT_TEXT_BYTES]);

/* "hole", ... */
const char *np_accept_name(np_accept what);

struct np_case;
/* What the case accepts. */
np_accept_set np_case_accepted(const struct np_case *c);
/* Accepts NAMES ("hole" or "hole,covered") as well.  NP_ERR_USAGE for a name that there is not; then nothing is changed. */
np_status np_case_accept(struct np_case *c, const char *names, np_error *err);

#endif
