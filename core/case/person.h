/* What a case says of the person, and what follows from it: what the treatment is for, and what blocks or delays it. */
#ifndef NP_CASE_PERSON_H
#define NP_CASE_PERSON_H

#include <stdbool.h>
#include <stddef.h>

/* Why somebody comes: X(id, name in the case, what a layer has to do for it). */
#define NP_PERSON_REASON_TABLE(X)                                                                                      \
    X(NO_TRANSPLANT, "no_transplant", "the look of hair where no transplant is possible")                              \
    X(LOW_DENSITY, "low_density", "more density between thin hair")                                                    \
    X(SCARS, "scars", "scars hidden")                                                                                  \
    X(QUICK_RESULT, "quick_result", "a result within weeks")                                                           \
    X(AFTER_TRANSPLANT, "after_transplant", "density or scars after a transplant")

typedef enum np_person_reason {
#define NP_PERSON_REASON_ID(id, name, what) NP_PERSON_##id,
    NP_PERSON_REASON_TABLE(NP_PERSON_REASON_ID)
#undef NP_PERSON_REASON_ID
        NP_PERSON_REASONS
} np_person_reason;

typedef enum np_person_weight {
    NP_PERSON_BLOCKS, /* not to be done, unless it is a condition, and a doctor has cleared it */
    NP_PERSON_DELAYS, /* not now */
    NP_PERSON_ASKS,   /* a doctor, or the person, is to be asked first */
} np_person_weight;

/* Contraindications, docs/domain.md 6 [C], 3 for keloids: X(id, name, weight, what to do, section, sureness).  The sources list them, and mostly
 * do not say which weigh most: weights are a choice [D]. */
#define NP_PERSON_CONDITION_TABLE(X)                                                                                   \
    X(KELOIDS, "keloids", BLOCKS, "a history of keloids or raised scars wants a dermatologist first", "3, 6", "C")     \
    X(RED_SCAR, "red_scar", BLOCKS, "a scar must be stable, flat and pale", "3", "C")                                  \
    X(INFECTION, "infection", BLOCKS, "an infection must have healed", "6", "C")                                       \
    X(PIGMENT_ALLERGY, "pigment_allergy", BLOCKS, "no pigment that the person is allergic to", "6", "C")               \
    X(PREGNANT, "pregnant", DELAYS, "not during pregnancy", "6", "C")                                                  \
    X(NURSING, "nursing", DELAYS, "not while nursing", "6", "C")                                                       \
    X(ALCOHOL_OR_DRUGS, "alcohol_or_drugs", DELAYS, "not under alcohol or drugs: another day", "6", "C")               \
    X(PSORIASIS, "psoriasis", ASKS, "ask a dermatologist; not on affected skin", "6", "C")                             \
    X(ECZEMA, "eczema", ASKS, "ask a dermatologist; not on affected skin", "6", "C")                                   \
    X(BLOOD_THINNERS, "blood_thinners", ASKS, "ask the doctor who prescribes them", "6", "C")                          \
    X(ISOTRETINOIN, "isotretinoin", DELAYS, "ask the doctor how long after it", "6", "C")                              \
    X(ANAESTHETIC_ALLERGY, "anaesthetic_allergy", ASKS, "no anaesthetic that the person is allergic to", "6", "C")

typedef enum np_person_condition {
#define NP_PERSON_CONDITION_ID(id, name, weight, what, section, sure) NP_PERSON_##id,
    NP_PERSON_CONDITION_TABLE(NP_PERSON_CONDITION_ID)
#undef NP_PERSON_CONDITION_ID
        NP_PERSON_CONDITIONS
} np_person_condition;

/* The case's `person`.  Negative numbers: not said. */
typedef struct np_person {
    np_person_reason reasons[NP_PERSON_REASONS];
    unsigned n_reasons;
    np_person_condition conditions[NP_PERSON_CONDITIONS], cleared[NP_PERSON_CONDITIONS];
    unsigned n_conditions, n_cleared;
    char *cleared_by;   /* NULL: nobody */
    char *scar_seen_by; /* who has looked at the scars that are treated; NULL: nobody */
    double age_years, transplant_months, scar_months, scar_raised_mm;
} np_person;

typedef struct np_person_finding {
    np_person_weight weight;
    char text[240];      /* "keloids: a history ..." */
    const char *section; /* of docs/domain.md */
    const char *sure;    /* A to E */
    bool clearable;      /* a condition, that a doctor can clear (person.cleared) */
} np_person_finding;

enum { NP_PERSON_FINDINGS_MAX = 64 };

/* "blocks", "delays", "asks"; the case's word for a reason.  Static. */
const char *np_person_weight_name(np_person_weight weight);
const char *np_person_reason_name(np_person_reason reason);

#endif
