/* What a case may name instead of drawing it: regions, curves and points whose usual place the landmarks give (head/outline.h). */
#ifndef NP_CASE_NAMED_H
#define NP_CASE_NAMED_H

/* X(identifier, key, word): `key: word` in a case file. */
#define NP_CASE_NAMED_REGIONS(X)                                                                                       \
    X(SCALP, "of", "scalp")                                                                                            \
    X(FRONTAL, "of", "frontal")                                                                                        \
    X(MIDSCALP, "of", "midscalp")                                                                                      \
    X(CROWN, "of", "crown")                                                                                            \
    X(TEMPLE_LEFT, "of", "temple_left")                                                                                \
    X(TEMPLE_RIGHT, "of", "temple_right")                                                                              \
    X(SIDEBURN_LEFT, "of", "sideburn_left")                                                                            \
    X(SIDEBURN_RIGHT, "of", "sideburn_right")                                                                          \
    X(PARIETAL_LEFT, "of", "parietal_left")                                                                            \
    X(PARIETAL_RIGHT, "of", "parietal_right")                                                                          \
    X(OCCIPITAL, "of", "occipital")                                                                                    \
    X(NAPE, "of", "nape")                                                                                              \
    X(FEMALE_HAIRLINE, "of", "female_hairline")
#define NP_CASE_NORWOOD(X)                                                                                             \
    X(NORWOOD_2, "norwood", "2")                                                                                       \
    X(NORWOOD_3, "norwood", "3")                                                                                       \
    X(NORWOOD_3V, "norwood", "3v")                                                                                     \
    X(NORWOOD_4, "norwood", "4")                                                                                       \
    X(NORWOOD_5, "norwood", "5")                                                                                       \
    X(NORWOOD_6, "norwood", "6")                                                                                       \
    X(NORWOOD_7, "norwood", "7")
#define NP_CASE_LUDWIG(X)                                                                                              \
    X(LUDWIG_1, "ludwig", "1")                                                                                         \
    X(LUDWIG_2, "ludwig", "2")                                                                                         \
    X(LUDWIG_3, "ludwig", "3")
#define NP_CASE_SINCLAIR(X)                                                                                            \
    X(SINCLAIR_2, "sinclair", "2")                                                                                     \
    X(SINCLAIR_3, "sinclair", "3")                                                                                     \
    X(SINCLAIR_4, "sinclair", "4")                                                                                     \
    X(SINCLAIR_5, "sinclair", "5")
#define NP_CASE_NAMED_CURVES(X)                                                                                        \
    X(FUT_SCAR, "of", "fut_scar")                                                                                      \
    X(FACELIFT_SCAR, "of", "facelift_scar")
#define NP_CASE_NAMED_POINTS(X) X(FUE_SCARS, "of", "fue_scars")
#define NP_CASE_NAMED_TABLE(X)                                                                                         \
    NP_CASE_NAMED_REGIONS(X)                                                                                           \
    NP_CASE_NORWOOD(X)                                                                                                 \
    NP_CASE_LUDWIG(X) NP_CASE_SINCLAIR(X) NP_CASE_NAMED_CURVES(X) NP_CASE_NAMED_POINTS(X)

typedef enum np_case_named {
    NP_CASE_NOT_NAMED, /* drawn */
#define NP_CASE_NAMED_ID(id, key, word) NP_CASE_NAMED_##id,
    NP_CASE_NAMED_TABLE(NP_CASE_NAMED_ID)
#undef NP_CASE_NAMED_ID
        NP_CASE_NAMED_COUNT
} np_case_named;

/* Where named regions begin in front: mm along the midline above the glabella.  Trichion to glabella is 61 mm in men, 55 to 62 in
 * women (domain.md 2.5), and hairlines are drawn behind it, at 60 to 80. */
#define NP_CASE_NAMED_FRONT_MM 59.0

#endif
