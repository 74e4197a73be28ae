/* What planning refuses unless the case accepts it by name (`accept: [hole]`).  The case's text is in the plan and under its
 * digest, so an approval signs what was accepted.  Eyes are not in the table: nothing allows them. */
#ifndef NP_CASE_ACCEPT_H
#define NP_CASE_ACCEPT_H

#include <stdint.h>

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

#endif
