/* What speaks against a treatment or against now, while it is gathered.  Internal. */
#ifndef NP_CASE_PRIVATE_PERSON_H
#define NP_CASE_PRIVATE_PERSON_H

#include "case/person.h"

typedef struct case_findings {
    np_person_finding *out; /* room for NP_PERSON_FINDINGS_MAX; borrowed */
    size_t n;
} case_findings;

/* Appends one that no doctor clears; nothing where there is no room. */
__attribute__((format(printf, 5, 6))) void case_findings_add(case_findings *l, np_person_weight weight,
                                                             const char *section, const char *sure, const char *format,
                                                             ...);

/* Appends all that the person's data say but of scars; conditions that somebody has cleared ask no more than that. */
void case_findings_of_person(const np_person *person, case_findings *l);
/* Appends what is to be known of the scars that a layer works on; PERSON is NULL where the case says nothing of the person. */
void case_findings_of_scars(const np_person *person, case_findings *l);

#endif
